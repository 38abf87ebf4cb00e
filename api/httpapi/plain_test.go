package httpapi

import (
	"encoding/json"
	"testing"

	"carillon/api"

	"github.com/google/go-cmp/cmp"
)

func TestPlainPublishIsReadAsOthersAre(t *testing.T) {
	for body, plain := range map[string]bool{
		`{"channel":"a","data":{"b":[1,2]}}`:                    true,
		" {\n\"channel\" : \"a:b#c,d\" , \"data\" : \"x\" } \n": true,
		`{"channel":"","data":1}`:                               true,
		`{"channel":"a","data":"}"}`:                            true,
		`{"channel":"a","data":{}}`:                             true,
		`{"channel":"a","data":null}`:                           false,
		`{"channel":"a","data":1,"tags":{"b":"c"}}`:             false,
		`{"channel":"a","data":{},"channel":"b"}`:               false,
		`{"data":1,"channel":"a"}`:                              false,
		`{"Channel":"a","data":1}`:                              false,
		`{"channel":"\u0061","data":1}`:                         false,
		`{"channel":"é","data":1}`:                              false,
		`{"channel":"a","data":}`:                               false,
		`{"channel":"a","data":1}}`:                             false,
		`{"channel":"a","data":1`:                               false,
		`{"channel":"a","data":01}`:                             false,
		`{"channel":"a"}`:                                       false,
		`{"channel":1,"data":1}`:                                false,
		"{\"channel\":\"a\",\"data\":\"\xff\"}":                 false,
		``:                                                      false,
	} {
		if got := sameAsEncodingJSON(t, []byte(body)); got != plain {
			t.Errorf("%q: plain %v, want %v", body, got, plain)
		}
	}
}

// sameAsEncodingJSON reports whether a body is plain, and fails if it is read
// in another way than encoding/json does.
func sameAsEncodingJSON(t *testing.T, body []byte) bool {
	t.Helper()
	var got, want api.PublishRequest
	if !decodePublish(body, &got) {
		return false
	}
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatalf("%q is malformed: %v", body, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q: %s", body, diff)
	}
	return true
}

func FuzzDecodePublish(f *testing.F) {
	f.Add([]byte(`{"channel":"a","data":{"b":[1,2,"}"]}}`))
	f.Add([]byte(" { \"channel\" : \"a\" ,\t\"data\" : 1.5e3 } "))
	f.Fuzz(func(t *testing.T, body []byte) { sameAsEncodingJSON(t, body) })
}

func TestPublishResultsAreWrittenAsOthersAre(t *testing.T) {
	for _, res := range []api.PublishResult{{}, {Offset: 1}, {Epoch: "e"}, {Offset: 1<<64 - 1, Epoch: `a"b\\cé`}} {
		want, err := json.Marshal(reply[api.PublishResult]{Result: &res})
		if err != nil {
			t.Fatal(err)
		}
		if got := appendPublished(nil, &res); string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
