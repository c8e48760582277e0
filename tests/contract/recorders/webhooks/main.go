// Records what Go's net/url and net/http, which Kapacitor posts with, make of webhook URLs and headers:
//
//	go run tests/contract/recorders/webhooks/main.go > tests/contract/go/webhooks.jsonl
//
// Nothing leaves the process: the transport's connections end in memory.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
)

type record struct {
	URL    *string `json:"url,omitempty"`
	Name   *string `json:"name,omitempty"`
	Value  *string `json:"value,omitempty"`
	Error  string  `json:"error,omitempty"`
	Dials  string  `json:"dials,omitempty"`
	Target string  `json:"target,omitempty"`
}

var errSeen = errors.New("seen")

// resolvable says why Go's resolver gives a name up without asking any server.
func resolvable(host string) error {
	asked := false
	resolver := net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked = true
		return nil, errSeen
	}}
	if _, err := resolver.LookupHost(context.Background(), host); err != nil && !asked {
		return err
	}
	return nil
}

// post sends a request as Kapacitor does, and says where it went or why it did not.
func post(url, name, value string) record {
	var dialed, target string
	transport := &http.Transport{DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if _, err := netip.ParseAddr(host); err != nil && host != "" {
			if err := resolvable(host); err != nil {
				return nil, err
			}
		}
		if _, err := net.ResolveTCPAddr("tcp", net.JoinHostPort("127.0.0.1", port)); err != nil {
			return nil, err
		}
		dialed = address
		if strings.HasPrefix(strings.ToLower(url), "https") {
			return nil, errSeen
		}
		client, server := net.Pipe()
		go func() {
			reader := bufio.NewReader(server)
			target, _ = reader.ReadString('\n')
			for line := ""; line != "\r\n"; {
				line, _ = reader.ReadString('\n')
			}
			io.CopyN(io.Discard, reader, 2)
			io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			server.Close()
		}()
		return client, nil
	}}
	request, err := http.NewRequest("POST", url, strings.NewReader("{}"))
	if err != nil {
		return record{Error: err.Error()}
	}
	if name != "" || value != "" {
		request.Header[name] = []string{value}
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil && !errors.Is(err, errSeen) {
		return record{Error: err.Error()}
	}
	if response != nil {
		response.Body.Close()
	}
	if dialed == "" {
		return record{Error: "nothing was dialed"}
	}
	target = strings.TrimSuffix(strings.TrimPrefix(strings.TrimRight(target, "\r\n"), "POST "), " HTTP/1.1")
	return record{Dials: dialed, Target: target}
}

var bases = []string{
	"http://example.com/a", "https://example.com:8443/v1/incidents/kapacitor/0123abc", "http://user:pass@example.com/a?x=1",
	"http://[::1]:9092/a", "http://192.0.2.1/a%20b", "https://example.com", "http://example.com/a?key=v#part",
}

var pieces = []string{
	" ", "\n", "\t", "\r", "\x00", "\x7f", "%", "%2", "%zz", "%41", "%2F", "/", "//", "\\", "?", "#", ":", "::", ":x", ":99999", ":0", "@", "[", "]",
	"<", ">", "\"", "'", "{", "}", "|", "^", "`", "~", "ä", "é", "\u00a0", "+", ";", "&", "=", ".", "..", "/../", "/./", "%25en0", "%2e%2e", "*", "$", "!", "(", ")", ",",
}

var chosen = []string{
	"", " ", "*", "/", "//", "/a", "http", "http:", "http:/", "http://", "http:///a", "http://:80/a", "http://@/a", "http://?x", "http://#x", "https:example.com/a",
	"http:/example.com/a", "http:\\\\example.com\\a", "HTTP://example.com/a", "Http://example.com/a", "ftp://example.com/a", "example.com/a", "example.com:80/a",
	"example.com", "//example.com/a", "://example.com", "1http://example.com", "h ttp://example.com", "http//example.com", "http://example.com:/a", "http://example.com:80:90/a",
	"http://example.com:70000/a", "http://example.com:65535/a", "http://example.com:-1/a", "http://example.com:+80/a", "http://example.com:8O/a", "http://::1/a", "http://[::1/a", "http://[::1]x/a", "http://[example.com]/a",
	"http://[fe80::1%25en0]/a", "http://[127.0.0.1]/a", "http://[::ffff:127.0.0.1]/a", "http://exa mple.com/a", "http://exa%20mple.com/a", "http://ex%C3%A4mple.com/a", "http://exämple.com/a",
	"http://user name@example.com/a", "http://us%zzer@example.com/a", "http://us@er:pa@ss@example.com/a", "http://exam_ple.com/a", "http://example..com/a", "http://.example.com/a",
	"http://example.com/a ", " http://example.com/a", "http://example.com/a\n", "http://example.com/a?b c", "http://example.com/ä b", "http://example.com/a?ä", "http://example.com/%", "http://example.com/a%4",
	"http://example.com?x=1", "http://example.com/?", "http://example.com/a//b", "http://example.com/a/../b", "http://example.com//a", "\"http://example.com/a\"", "<http://example.com/a>", "http://example.com/a#frag%zz",
	"\ufeffhttp://example.com/a", "http://example.com\u200b/a", "mailto:ops@example.com", "https://", "http://[v1.x]/a", "http://1.2.3/a", "http://0x7f.1/a", "http://<host>/a", "http://ex\"ample.com/a", "http://exa$mple.com/a", "http://-example.com/a", "http://example-.com/a", "http://example.com./a", "http://a_b/a",
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	seen := map[string]bool{}
	url := func(url string) {
		if seen[url] {
			return
		}
		seen[url] = true
		result := post(url, "", "")
		result.URL = &url
		if err := encoder.Encode(result); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	for _, text := range chosen {
		url(text)
	}
	random := rand.New(rand.NewSource(1))
	for range 2500 {
		text := bases[random.Intn(len(bases))]
		for range 1 + random.Intn(2) {
			at := random.Intn(len(text) + 1)
			if random.Intn(4) == 0 && at < len(text) {
				text = text[:at] + text[at+1:]
				continue
			}
			text = text[:at] + pieces[random.Intn(len(pieces))] + text[at:]
		}
		if strings.ToValidUTF8(text, "") == text {
			url(text)
		}
	}
	header := func(name, value string) {
		result := post("http://example.com/a", name, value)
		result.Dials, result.Target = "", ""
		result.Name, result.Value = &name, &value
		encoder.Encode(result)
	}
	for c := rune(0); c < 0x100; c++ {
		if c != 0 {
			header("X"+string(c)+"y", "v")
		}
		header("X-Key", "a"+string(c)+"b")
	}
	for _, name := range []string{" ", "Content-Type", "X Key", "Key:", "Schlüssel", "日本"} {
		header(name, "v")
	}
	for _, value := range []string{" a", "a ", "a\tb", "日本", "a\n", "\r\na", ""} {
		header("X-Key", value)
	}
}
