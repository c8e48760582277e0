# The same for scripts that differ in their layout alone, so that a check of somebody else's task sees what it does.
output "formatted" {
  value = provider::squadcast::tickscript_format(file("${path.module}/cpu.tick"))
}
