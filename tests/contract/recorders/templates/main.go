// Records what Go's templates, which Kapacitor's alerts are written with, make of templates on the data that Kapacitor has:
//
//	go run tests/contract/recorders/templates/main.go > tests/contract/go/templates.jsonl
//
// The types are those of Kapacitor 1.8.3: alert.go, alert/types.go, models/result.go and services/*/service.go.
package main

import (
	"bytes"
	"encoding/json"
	html "html/template"
	"io"
	"math/rand"
	"os"
	"strings"
	text "text/template"
	"time"
)

type serverInfo struct{ Hostname, ClusterID, ServerID string }

type idInfo struct {
	Name, TaskName, Group string
	Tags                  map[string]string
	ServerInfo            serverInfo
}

type messageInfo struct {
	idInfo
	ID       string
	Fields   map[string]interface{}
	Level    string
	Time     time.Time
	Duration time.Duration
}

type detailsInfo struct {
	messageInfo
	Message string
}

type Level int

func (l Level) String() string               { return [...]string{"OK", "INFO", "WARNING", "CRITICAL"}[l] }
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
func (l *Level) UnmarshalText([]byte) error  { return nil }

type Row struct {
	Name    string
	Tags    map[string]string
	Columns []string
	Values  [][]interface{}
}

type Result struct {
	Series []*Row
	Err    error
}

func (r Result) String() string { return "result" }

type Data struct {
	ID, Message, Details string
	Time                 time.Time
	Duration             time.Duration
	Level                Level
	Data                 Result
	PreviousLevel        Level
	Recoverable          bool
}

type TemplateData struct {
	ID, Message, Level      string
	Time                    time.Time
	Duration                time.Duration
	Details, Name, TaskName string
	Group                   string
	Tags                    map[string]string
	Fields                  map[string]interface{}
}

type eventData struct {
	ID, Name, TaskName, Group string
	Tags                      map[string]string
}

type serviceNow struct {
	ID, Name, TaskName string
	Fields             map[string]interface{}
	Tags               map[string]string
}

type zenoss struct {
	Name, TaskName, ID, Message, Details string
	Time                                 time.Time
	Duration                             time.Duration
	Level                                Level
	Recoverable                          bool
	Tags                                 map[string]string
}

// samples gives every place's data for alerts that differ in what may differ.
func samples() map[string][]interface{} {
	all := map[string][]interface{}{}
	fields := []map[string]interface{}{{"value": 95.5}, {"value": int64(95)}, {"value": "down"}, {"value": true}, {}}
	tags := []map[string]string{{"host": "a"}, {"host": "a", "dc": "b"}, {}, {"host": ""}, {"host": "c"}}
	for i := range fields {
		level := Level(i % 4)
		at, lasts := time.Unix(int64(1000000000+i), 0).UTC(), time.Duration(i)*time.Minute
		id := idInfo{"cpu", "task", "host=a", tags[i], serverInfo{"k", "c", "s"}}
		message := messageInfo{id, "cpu-host=a", fields[i], level.String(), at, lasts}
		result := Result{Series: []*Row{{"cpu", tags[i], []string{"time", "value"}, [][]interface{}{{at, fields[i]["value"]}}}}}
		data := Data{message.ID, "m", "d", at, lasts, level, result, Level((i + 1) % 4), i%2 == 0}
		event := TemplateData{message.ID, "m", level.String(), at, lasts, "d", "cpu", "task", "host=a", tags[i], fields[i]}
		for place, value := range map[string]interface{}{
			"id": id, "message": message, "details": detailsInfo{message, "m"}, "url": data, "kafka": data, "event": event,
			"alerta_event": eventData{message.ID, "cpu", "task", "host=a", tags[i]},
			"service_now":  &serviceNow{message.ID, "cpu", "task", fields[i], tags[i]},
			"zenoss":       &zenoss{"cpu", "task", message.ID, "m", "d", at, lasts, level, i%2 == 0, tags[i]},
		} {
			all[place] = append(all[place], value)
		}
	}
	return all
}

var places = []string{"id", "message", "details", "url", "endpoint_url", "kafka", "event", "alerta_event", "service_now", "zenoss"}

type record struct {
	Place    string `json:"place"`
	Template string `json:"template"`
	// Parse is why it does not parse.
	Parse string `json:"parse,omitempty"`
	// Fails says for how many of the five alerts the execution failed, and Error how it did for the last.
	Fails int    `json:"fails,omitempty"`
	Error string `json:"error,omitempty"`
}

type executor interface {
	Execute(io.Writer, interface{}) error
}

func marshal(v interface{}) string {
	var out bytes.Buffer
	json.NewEncoder(&out).Encode(v)
	return out.String()
}

func parse(place, template string) (executor, error) {
	switch place {
	case "details":
		functions := html.FuncMap{
			"json":        func(v interface{}) html.JS { return html.JS(marshal(v)) },
			"jsonCompact": func(v interface{}) html.JS { return html.JS(marshal(v)) },
		}
		return html.New("details").Funcs(functions).Parse(template)
	case "url", "endpoint_url":
		functions := text.FuncMap{"json": marshal, "jsonCompact": marshal}
		return text.New("body").Funcs(functions).Parse(template)
	default:
		return text.New(place).Parse(template)
	}
}

func try(place, template string, data map[string][]interface{}) record {
	result := record{Place: place, Template: template}
	parsed, err := parse(place, template)
	if err != nil {
		result.Parse = err.Error()
		return result
	}
	values := data[place]
	if place == "endpoint_url" {
		values = data["url"]
		if err := parsed.Execute(io.Discard, nil); err != nil {
			result.Fails, result.Error = len(values), err.Error()
			return result
		}
	}
	for _, value := range values {
		if err := parsed.Execute(io.Discard, value); err != nil {
			result.Fails++
			result.Error = err.Error()
		}
	}
	return result
}

var chosen = []string{
	"", "plain", "{{ .ID }} is {{ .Level }}", "{{ .Nope }}", "{{ .ID.Foo }}", "{{ .Level.String }}", "{{ .Name }}/{{ .TaskName }}/{{ .Group }}",
	`{{ if gt index .Fields "value" 90.0 }}high{{ end }}`, `{{ if gt (index .Fields "value") 90.0 }}high{{ end }}`, `{{ index .Fields "value" }}`,
	`{{ index .Fields 1 }}`, `{{ index .Tags "host" }}`, `{{ index .Tags 1 }}`, `{{ index .Tags .ID }}`, `{{ index .Tags "host" "x" }}`, `{{ index .Tags "host" 0 }}`, `{{ .Tags.host }}`,
	`{{ .Fields.value }}`, `{{ .Fields.value.x.y }}`, `{{ .Tags.host.x }}`, `{{ .Tags }}`, `{{ .Fields }}`, `{{ .ServerInfo.Hostname }}`, `{{ .ServerInfo.Nope }}`, `{{ .ServerInfo }}`,
	`{{ .idInfo }}`, `{{ .messageInfo.ID }}`, `{{ .Message }}`, `{{ .Details }}`, `{{ .Recoverable }}`, `{{ .PreviousLevel }}`, `{{ .Data }}`, `{{ .Data.Series }}`, `{{ range .Data.Series }}{{ .Name }}{{ end }}`,
	`{{ range .Data.Series }}{{ .Nope }}{{ end }}`, `{{ (index .Data.Series 0).Name }}`, `{{ .Data.Nope }}`, `{{ .Data.String }}`,
	`{{ .Time.Unix }}`, `{{ .Time.Format "2006-01-02" }}`, `{{ .Time.Format }}`, `{{ .Time.Format "a" "b" }}`, `{{ .Time.Format 1 }}`, `{{ .Time.Date }}`, `{{ .Time.Clock }}`, `{{ .Time.Year }}`, `{{ .Time.Month }}`, `{{ .Time.Nope }}`,
	`{{ .Time.UTC.Unix }}`, `{{ .Time.Add .Duration }}`, `{{ (.Time.Add .Duration).Unix }}`, `{{ .Time.Location }}`, `{{ .Time.Local.Hour }}`, `{{ "2006" | .Time.Format }}`, `{{ .Time | printf "%v" }}`,
	`{{ .Duration }}`, `{{ .Duration.Seconds }}`, `{{ .Duration.Round 1 }}`, `{{ .Duration.Nope }}`, `{{ .Duration.Seconds.X }}`, `{{ printf "%.1f" .Duration.Minutes }}`,
	`{{ if eq .Level "OK" }}a{{ else }}b{{ end }}`, `{{ if eq .Level "OK" "INFO" }}a{{ end }}`, `{{ if eq .Level 0 }}a{{ end }}`, `{{ if eq .Level.String "OK" }}a{{ end }}`, `{{ if ne .Level "OK" }}a{{ end }}`, `{{ if eq .Level }}a{{ end }}`, `{{ if ne .Level }}a{{ end }}`,
	`{{ if eq .Level "OK" }}{{ .Nope }}{{ end }}`, `{{ if false }}{{ .Nope }}{{ end }}`, `{{ with .ID }}{{ . }}{{ end }}`, `{{ with .ID }}{{ .Level }}{{ end }}`, `{{ with .ID }}{{ $.Level }}{{ end }}`, `{{ with $x := .ID }}{{ $x }}{{ end }}`,
	`{{ range .Tags }}{{ . }}{{ end }}`, `{{ range $k, $v := .Tags }}{{ $k }}={{ $v }}{{ end }}`, `{{ range $k, $v := .Tags }}{{ .Foo }}{{ end }}`, `{{ range .ID }}{{ . }}{{ end }}`, `{{ range .Level }}x{{ end }}`, `{{ range .Time }}x{{ end }}`, `{{ range .Duration }}{{ break }}{{ end }}`, `{{ range .Recoverable }}x{{ end }}`,
	`{{ range .Tags }}{{ break }}{{ end }}`, `{{ break }}`, `{{ range .Tags }}{{ continue }}{{ else }}none{{ end }}`, `{{ end }}`, `{{ else }}`, `{{ if .ID }}`, `{{ if }}x{{ end }}`, `{{ if .ID }}a{{ else }}b{{ else }}c{{ end }}`, `{{ if .ID }}a{{ else if .Level }}b{{ else }}c{{ end }}`, `{{ with .ID }}a{{ else with .Level }}b{{ end }}`, `{{ with .ID }}a{{ else if .Level }}b{{ end }}`,
	`{{ upper .ID }}`, `{{ json . }}`, `{{ jsonCompact . }}`, `{{ json }}`, `{{ json .ID .ID }}`, `{{ json .Nope }}`, `{{ . | json }}`, `{{ len .ID }}`, `{{ len .Tags }}`, `{{ len .Time }}`, `{{ len 1 }}`, `{{ len }}`, `{{ len .ID .ID }}`, `{{ not .ID }}`, `{{ not }}`,
	`{{ and .ID .Nope }}`, `{{ or .ID .Nope }}`, `{{ and .Nope .ID }}`, `{{ or }}`, `{{ and .ID }}`, `{{ print .ID }}`, `{{ print }}`, `{{ println .ID .Level }}`, `{{ printf }}`, `{{ printf .ID }}`, `{{ printf 1 }}`, `{{ printf "%s" .Nope }}`, `{{ printf "%d" .ID }}`, `{{ printf .Level }}`, `{{ printf .Time }}`,
	`{{ html .ID }}`, `{{ .ID | html }}`, `{{ .ID | html | len }}`, `{{ urlquery .ID }}`, `{{ .ID | urlquery }}`, `{{ js .ID }}`, `{{ slice .ID 1 2 }}`, `{{ slice .ID }}`, `{{ slice }}`, `{{ call .ID }}`, `{{ call }}`, `{{ index }}`, `{{ index .ID 0 }}`, `{{ index .ID "a" }}`, `{{ index .Time 0 }}`, `{{ index nil 1 }}`, `{{ index .Tags nil }}`,
	`{{ lt 1 2 }}`, `{{ lt 1 2.0 }}`, `{{ lt "a" 1 }}`, `{{ gt .Duration 5 }}`, `{{ gt .Duration 5.0 }}`, `{{ gt .Time .Time }}`, `{{ eq .Time .Time }}`, `{{ eq 1 1.0 }}`, `{{ eq .Tags .Tags }}`, `{{ eq .ID nil }}`, `{{ gt nil 1 }}`, `{{ gt .ID .Level }}`, `{{ le true false }}`, `{{ eq true 1 }}`, `{{ eq .Duration .Level }}`,
	`{{ $x := .ID }}{{ $x }}`, `{{ $x = .ID }}`, `{{ $x := .ID }}{{ $x = .Level }}{{ $x }}`, `{{ $x }}`, `{{ $ }}`, `{{ $.ID }}`, `{{ $.Nope }}`, `{{ $x := .ID }}{{ $x.Foo }}`, `{{ $x, $y := .Tags }}`, `{{ range $x, $y, $z := .Tags }}{{ end }}`,
	`{{ .ID .Level }}`, `{{ "a" "b" }}`, `{{ "a" }}`, `{{ 1 }}`, `{{ 1.5e3 }}`, `{{ 0x1F }}`, `{{ 1_000 }}`, `{{ 1a }}`, `{{ 1.2.3 }}`, `{{ 'a' }}`, `{{ 'ab' }}`, `{{ '' }}`, `{{ nil }}`, `{{ true }}`, `{{ -5 }}`, `{{ - 5 }}`, `{{ +5 }}`, `{{ 1i }}`, `{{ 1+2i }}`, `{{ .5 }}`,
	`{{ .ID | printf "%s" | len }}`, `{{ .ID | "a" }}`, `{{ .ID | . }}`, `{{ .ID | .Level }}`, `{{ | .ID }}`, `{{ .ID | }}`, `{{ .ID | | len }}`, `{{ () }}`, `{{ (.ID) }}`, `{{ (.ID }}`, `{{ .ID) }}`, `{{ (.ID).Foo }}`, `{{ (len .ID) }}`, `{{ (len .ID).Foo }}`, `{{ (index .Tags "host") "x" }}`,
	`{{`, `}}`, `{{ }}`, `{{}}`, `{{ .ID`, `{{ .ID }`, `{{ .ID } }`, `{{{ .ID }}`, `{{ {.ID} }}`, `{{ .ID }}}`, `{{- .ID -}}`, `a {{- .ID -}} b`, `{{-.ID-}}`, `{{ -.ID }}`, `{{ .ID -}}`, `{{- }}`, `{{ - }}`,
	`{{/* comment */}}`, `{{- /* comment */ -}}`, `{{ /* comment */ }}`, `{{/* comment }}`, `{{/* a */ b }}`, `{{/* }} */}}`, `{{ "}}" }}`, `{{ "{{" }}`, `{{ "a`, "{{ `a\nb` }}", "{{ `a }}", "{{ \"a\nb\" }}", `{{ "\q" }}`, `{{ "\x41\u00e4" }}`, `{{ "\n\"" }}`,
	`{{ .ID, }}`, `{{ .ID : }}`, `{{ : }}`, `{{ @ }}`, `{{ .ID@ }}`, `{{ .I-D }}`, `{{ .a b c }}`, `{{ ä }}`, `{{ .Täg }}`, `{{ .Tags.hóst }}`, `{{ . }}`, `{{ .. }}`, `{{ .ID. }}`, `{{ .ID..Foo }}`, `{{ .ID .Foo }}`, `{{ . ID }}`, `{{ . .ID }}`, "{{\n.ID\n}}", "{{\t.ID\t}}", "{{\u00a0.ID }}",
	`{{ define "x" }}a{{ end }}`, `{{ define "x" }}a{{ end }}{{ template "x" }}`, `{{ template "x" }}`, `{{ template "x" . }}`, `{{ block "x" . }}{{ .ID }}{{ end }}`, `{{ define "x" }}{{ .ID }}`, `{{ define x }}{{ end }}`, `{{ if .ID }}{{ define "x" }}{{ end }}{{ end }}`, `{{ template }}`, `{{ template "x" .Nope }}`,
	`<a href="{{ .ID }}">{{ .Level }}</a>`, `<script>var x = {{ .ID }};</script>`, `<a href="{{ .ID }}`, `<b>{{ .Message }}</b>`, `<b {{ .ID }}>`, `<!-- {{ .ID }} -->`, `{{ .ID }}<br/>{{ range $k, $v := .Tags }}<li>{{ $k }}</li>{{ end }}`, `{{ if .ID }}<b{{ end }}>`,
	`http://h/{{ .ID }}`, `http://h/{{ urlquery .ID }}`, `http://h/{{ index .Tags "host" }}`, `http://h/{{ .Level }}/{{ .Data.Series }}`, `{{ if .ID }}http://h{{ else }}http://g{{ end }}`, `http://h/{{ len .ID }}`, `http://h/{{ printf "%s" .ID }}`, `http://h/{{ eq .ID "x" }}`, `http://h/{{ .ID.Foo }}`, `http://h/{{ printf .ID }}`,
}

var operands = []string{
	".ID", ".Name", ".TaskName", ".Group", ".Tags", ".Fields", ".Level", ".Time", ".Duration", ".Message", ".Details", ".Nope", ".ServerInfo", ".ServerInfo.Hostname", ".Data", ".Data.Series",
	".Recoverable", ".PreviousLevel", ".Tags.host", ".Fields.value", ".Time.Unix", ".Time.Hour", ".Duration.Seconds", ".ID.Foo", "$", "$.ID", "$.Nope", ".", "nil", "true", "1", "90.0", "\"host\"", "\"value\"", "\"%v\"",
	`(index .Fields "value")`, `(index .Tags "host")`, `(len .ID)`, `(.Time.Format "2006")`, ".Level.String", "$x", "(eq .ID \"x\")",
}

var names = []string{"eq", "ne", "lt", "gt", "ge", "le", "and", "or", "not", "len", "index", "print", "printf", "html", "urlquery", "json", "slice", "println", "js", "call"}

func operand(random *rand.Rand) string { return operands[random.Intn(len(operands))] }

func pipeline(random *rand.Rand) string {
	var command string
	switch random.Intn(5) {
	case 0, 1:
		command = operand(random)
	default:
		command = names[random.Intn(len(names))]
		for range random.Intn(4) {
			command += " " + operand(random)
		}
	}
	if random.Intn(5) == 0 {
		command += " | " + names[random.Intn(len(names))]
		if random.Intn(3) == 0 {
			command += " " + operand(random)
		}
	}
	return command
}

func template(random *rand.Rand, depth int) string {
	var out strings.Builder
	for range 1 + random.Intn(2) {
		switch random.Intn(8) {
		case 0, 1, 2, 3:
			out.WriteString("{{ " + pipeline(random) + " }}")
		case 4:
			out.WriteString("{{ $x := " + pipeline(random) + " }}")
		case 5:
			out.WriteString("text")
		default:
			if depth == 0 {
				continue
			}
			kind := []string{"if", "with", "range"}[random.Intn(3)]
			out.WriteString("{{ " + kind + " " + pipeline(random) + " }}" + template(random, depth-1))
			if random.Intn(2) == 0 {
				out.WriteString("{{ else }}" + template(random, depth-1))
			}
			out.WriteString("{{ end }}")
		}
	}
	return out.String()
}

func main() {
	data := samples()
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	seen := map[string]bool{}
	write := func(place, template string) {
		if !seen[place+template] {
			seen[place+template] = true
			encoder.Encode(try(place, template, data))
		}
	}
	for _, template := range chosen {
		for _, place := range []string{"message", "details", "endpoint_url", "url"} {
			write(place, template)
		}
	}
	for _, place := range places {
		for _, template := range chosen[:70] {
			write(place, template)
		}
	}
	random := rand.New(rand.NewSource(1))
	for range 2500 {
		write(places[random.Intn(len(places))], template(random, 2))
	}
}
