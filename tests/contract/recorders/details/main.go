// Records whether Go's html/template follows the HTML of an alert's details to its end:
//
//	go run tests/contract/recorders/details/main.go > tests/contract/go/details.jsonl
//
// The names are those of Kapacitor 1.8.3's detailsInfo (alert.go). Each template parses; `error` is empty if it is executed.
package main

import (
	"encoding/json"
	html "html/template"
	"io"
	"math/rand"
	"os"
	"strings"
)

type record struct {
	Template string `json:"template"`
	Error    string `json:"error,omitempty"`
}

var data = map[string]interface{}{
	"ID": "id", "Name": "cpu", "Level": "CRITICAL", "Message": "m", "Group": "host=a",
	"Tags":   map[string]string{"host": "a", "cpu": "cpu-total"},
	"Fields": map[string]interface{}{"value": 95.5},
}

// Pieces of which most texts that people write, and their slips, are made.
var pieces = []string{
	"a < b", " <", "<b>", "</b>", "<b", "</b", "</", ">", "/>", "<br>", "<br/>", "<3", "<a-b>", "<x:y ", "<a--b>",
	"<a href=\"", "<a href='", "<a href=", "https://h/?q=", "#x", "\"", "'", "`", "=", " ", "\n", "\t", "x", "<!--", "-->", "--", "<!doctype html>",
	"<title>", "</title>", "<TITLE ", "</Title >", "<textarea>", "</textarea>", "</textarea", "<style>", "</style>", "p{color:red}",
	"<p style=\"color:", "<p onclick=\"f(", "<img src=x alt=", "<td class=\"c\" disabled>", "<td class = c>", " id=1", " checked", "&lt;b&gt;", "é", "<é>",
	"<meta content=\"1;url=", "<meta>", "<svg/onload=", "<input value=",
	"{{ .Message }}", "{{ .ID }}", "{{ index .Tags \"host\" }}", "{{ .Level | html }}", "{{ html .Level }}", "{{ .Level | urlquery }}",
	"{{ .Level | html | printf \"%s\" }}", "{{ $x := .ID }}", "{{/* c */}}", "{{- .ID -}}",
	"{{ if .Message }}", "{{ if eq .Level \"CRITICAL\" }}", "{{ else }}", "{{ end }}", "{{ range .Tags }}", "{{ with .Name }}",
}

func execute(template string) (string, bool) {
	parsed, err := html.New("details").Parse(template)
	if err != nil && !strings.Contains(err.Error(), "html/template:") {
		return "", false
	}
	if err == nil {
		err = parsed.Execute(io.Discard, data)
	}
	if err == nil {
		return "", true
	}
	return err.Error(), true
}

func main() {
	random := rand.New(rand.NewSource(1))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	seen := map[string]bool{}
	for count := 0; count < 2000; {
		template := ""
		for length := 1 + random.Intn(9); length > 0; length-- {
			template += pieces[random.Intn(len(pieces))]
		}
		for open := strings.Count(template, "{{ if") + strings.Count(template, "{{ range") + strings.Count(template, "{{ with") -
			strings.Count(template, "{{ end"); open > 0; open-- {
			template += "{{ end }}"
		}
		failure, parses := execute(template)
		if !parses || seen[template] {
			continue
		}
		seen[template] = true
		count++
		if err := out.Encode(record{template, failure}); err != nil {
			panic(err)
		}
	}
}
