//! The TICKscript language: lexer, parser, syntax tree, and a printer that prints as Kapacitor does. Pure.
