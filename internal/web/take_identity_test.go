package web_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"slices"
	"testing"

	"alfaone/internal/assess"
)

// located is a photo that says in its Exif where it was taken.
func located(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for at := range picture.Pix {
		picture.Pix[at] = byte(at)
	}
	picture.Set(0, 0, color.White)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00"), "52.5200 N 13.4050 E"...)
	segment := append([]byte{0xff, 0xe1, 0, byte(2 + len(exif))}, exif...)
	return slices.Concat(out.Bytes()[:2], segment, out.Bytes()[2:])
}

func TestAPhotoLosesAllButThePicture(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := s.invitation(watched)
	b := i.candidate()
	for _, purpose := range []string{"identity_document", "identity_face"} {
		opened := b.send(http.MethodPost, "/take/evidence", "application/json", []byte(`{"purpose":"`+purpose+`","mime":"image/jpeg"}`))
		var rec struct{ ID, URL string }
		s.must(json.Unmarshal([]byte(opened.body), &rec))
		photo := located(t)
		if p := b.send(http.MethodPut, rec.URL+"/chunks/0", "application/octet-stream", photo); p.status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", purpose, p.status, p.body)
		}
		end, err := json.Marshal(map[string]int{"chunks": 1, "bytes": len(photo)})
		s.must(err)
		if p := b.send(http.MethodPost, rec.URL+"/finish", "application/json", end); p.status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", purpose, p.status, p.body)
		}
		s.work()
		kept := i.media(assess.RecordingID(rec.ID))
		if config, err := jpeg.DecodeConfig(bytes.NewReader(kept)); err != nil || config.Width != 64 || config.Height != 48 {
			t.Errorf("%s: the picture is %d × %d: %v", purpose, config.Width, config.Height, err)
		}
		if bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte("13.4050")) {
			t.Errorf("%s still says where it was taken", purpose)
		}
	}
}
