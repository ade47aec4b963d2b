package webhook_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"alfaone/internal/webhook"
)

// The vector is the one that Standard Webhooks' own libraries are tested by.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorSeconds   = 1614265330
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func TestSignMeetsTheVectorOfTheStandard(t *testing.T) {
	t.Parallel()
	got, err := webhook.Sign(vectorSecret, vectorID, time.Unix(vectorSeconds, 999_999_999), []byte(vectorBody))
	if err != nil || got != vectorSignature {
		t.Errorf("Sign = %q, %v; want %q", got, err, vectorSignature)
	}
}

func TestNewSecretIsWhatTheStandardAsksFor(t *testing.T) {
	t.Parallel()
	got, err := webhook.NewSecret(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if want := "whsec_" + strings.Repeat("AQEB", 10) + "AQE="; err != nil || got != want {
		t.Errorf("NewSecret = %q, %v; want %q", got, err, want)
	}
	if got, err := webhook.NewSecret(strings.NewReader("too little chance")); err == nil {
		t.Errorf("NewSecret makes %q of 17 bytes", got)
	}
}

func TestSignRefusesWhatCouldNotBeVerified(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ secret, id string }{
		"secret without its prefix": {strings.TrimPrefix(vectorSecret, "whsec_"), vectorID},
		"secret of 23 bytes":        {"whsec_" + strings.Repeat("AQEB", 7) + "AQE=", vectorID},
		"secret of 65 bytes":        {"whsec_" + strings.Repeat("AQEB", 21) + "AQE=", vectorID},
		"secret that is not base64": {vectorSecret + "-", vectorID},
		"no id":                     {vectorSecret, ""},
		"id with a full stop":       {vectorSecret, "msg.1"},
		"id with a line break":      {vectorSecret, "msg\r\nhost: x"},
		"id beyond ASCII":           {vectorSecret, "bøb"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := webhook.Sign(test.secret, test.id, time.Unix(vectorSeconds, 0), nil)
			switch {
			case err == nil:
				t.Errorf("Sign = %q", got)
			case strings.Contains(err.Error(), strings.TrimPrefix(test.secret, "whsec_")):
				t.Errorf("the error repeats the secret: %v", err)
			}
		})
	}
}
