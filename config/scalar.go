package config

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// scalarText is the text of a string, number, boolean or date.
func scalarText(raw any) (string, bool) {
	switch s := raw.(type) {
	case string:
		return s, true
	case json.Number:
		return s.String(), true
	case bool:
		return strconv.FormatBool(s), true
	case int:
		return strconv.Itoa(s), true
	case int64:
		return strconv.FormatInt(s, 10), true
	case uint64:
		return strconv.FormatUint(s, 10), true
	case float64:
		return strconv.FormatFloat(s, 'f', -1, 64), true
	case time.Time:
		return s.Format(time.RFC3339), true
	case fmt.Stringer: // local dates and times of TOML
		return s.String(), true
	}
	return "", false
}

// wholeNumber is raw as an integer, if it is a number without a fraction that
// fits.
func wholeNumber(raw any) (int64, bool) {
	switch s := raw.(type) {
	case int:
		return int64(s), true
	case int64:
		return s, true
	case uint64:
		return int64(s), s <= math.MaxInt64
	case json.Number:
		if i, err := s.Int64(); err == nil {
			return i, true
		}
		f, err := s.Float64()
		return wholeFloat(f, err == nil)
	case float64:
		return wholeFloat(s, true)
	}
	return 0, false
}

func wholeFloat(f float64, ok bool) (int64, bool) {
	// 2^63 is a float64, the largest int64 is not.
	if !ok || f != math.Trunc(f) || f < math.MinInt64 || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// truth is raw as a boolean: numbers other than zero are true.
func truth(raw any) bool {
	switch s := raw.(type) {
	case bool:
		return s
	case int:
		return s != 0
	case int64:
		return s != 0
	case uint64:
		return s != 0
	case float64:
		return s != 0
	case json.Number:
		f, err := s.Float64()
		return err != nil || f != 0
	}
	return false
}
