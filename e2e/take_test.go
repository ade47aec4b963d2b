package e2e_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"alfaone/e2e/browser"
)

// hands are how somebody uses a page.
type hands interface {
	press(name string)        // a button, a link or a box
	write(label, text string) // in a field
}

// finger touches what it sees.
type finger struct{ page *browser.Page }

func (f finger) press(name string)        { f.page.Click(name) }
func (f finger) write(label, text string) { f.page.Fill(label, text) }

// keyboard goes from control to control with the Tab key.
type keyboard struct {
	t    *testing.T
	page *browser.Page
}

const mostControls = 80 // controls that one passes on the way to another

func (k keyboard) press(name string) {
	k.t.Helper()
	k.reach(name)
	key := "Enter"
	if browser.Eval[bool](k.page, "document.activeElement.type === 'checkbox'") {
		key = " "
	}
	k.page.Press(key)
}

func (k keyboard) write(label, text string) {
	k.t.Helper()
	k.reach(label)
	for _, r := range text {
		k.page.Press(string(r))
	}
}

// reach presses the Tab key until the focus is on the control, and to be seen there.
func (k keyboard) reach(name string) {
	k.t.Helper()
	k.page.WaitControl(name)
	var passed []string
	for range mostControls {
		at := browser.Eval[struct {
			Name string
			Seen bool
		}](k.page, `(el => ({
			Name: [...(el.labels ?? [])].map(l => l.innerText).join(" ").trim() || el.ariaLabel ||
				(el.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean).map(id => document.getElementById(id).innerText).join(" ") || el.innerText,
			Seen: el.matches(":focus-visible"),
		}))(document.activeElement)`)
		if strings.Contains(at.Name, name) && at.Seen {
			return
		}
		passed = append(passed, at.Name)
		k.page.Press("Tab")
	}
	k.t.Fatalf("the Tab key does not lead to %q, but to %q", name, slices.Compact(passed))
}

// TestAPhoneIsEnough is the whole way of whoever tries the demo, on a phone, from the newest mail to the receipt.
func TestAPhoneIsEnough(t *testing.T) {
	t.Parallel()
	sample, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	c := arriveAt(t, sample.listen) // where the mails of the sample lead to
	_, page := c.hearing(browser.Settings{})
	page.Open(c.access.MailboxURL)
	page.ClickOn("tbody a")
	page.Click("As text")
	c.link = regexp.MustCompile(`http://\S+/c/[A-Za-z0-9_-]{43}`).FindString(page.Text("main"))
	c.email = "vera.visitor@example.com"
	_, answer := call(t, http.MethodGet, c.access.URL+"/api/v1/invites?status=pending", c.access.APIKey, "")
	for _, invite := range decode[struct {
		Invites []struct{ ID, RecipientEmail string }
	}](t, answer).Invites {
		if invite.RecipientEmail == c.email {
			c.id = invite.ID
		}
	}
	page.Click(c.link)
	page.WaitText("Northwind Labs invites you")
	c.take(page, finger{page}, true)
}

// TestAKeyboardIsEnough is the same way without a pointer.
func TestAKeyboardIsEnough(t *testing.T) {
	t.Parallel()
	c := invite(t, `"answerRecordLimit":2`)
	_, page := c.hearing(browser.Settings{})
	page.Open(c.link)
	c.take(page, keyboard{t, page}, false)
}

// take takes the assessment, from the page that the link leads to.
func (c *candidate) take(page *browser.Page, by hands, pictures bool) {
	c.t.Helper()
	look := func(name string) {
		c.t.Helper()
		if pictures {
			see(c.t, page, name)
		}
	}
	look("1-landing")
	by.press("I have read how my data is used")
	by.press("Continue")
	page.WaitText("Your place is reserved")
	look("2-place")
	c.prepare(page, by, look)
	c.wasNotRecorded(page)

	by.press("Start the assessment")
	page.WaitText("Question 1 of 3")
	look("5-question")
	by.press("Play the question")
	page.Text("prompt-player[data-phase=playing]")
	first := c.speak(page, by, look, "6-audio", 3)
	by.press("Send and continue")
	page.WaitText("Are you ready?")
	look("7-gate")
	by.press("Show the question")
	second := c.speak(page, by, look, "8-video", 4)
	by.press("Send and continue")
	page.WaitText("Are you ready?")
	by.press("Show the question")
	by.write("Your answer", "One forgets that they are there.")
	page.WaitText("Saved at")
	look("9-text")
	by.press("Send and continue")
	page.WaitText("Look over your answers")
	page.WaitText("3 of 3 answered")
	look("10-review")
	by.press("Submit the assessment")
	page.WaitText("You are finished. Thank you!")
	look("11-done")
	c.handedIn(first, second)
}

// prepare checks the devices and practises.
func (c *candidate) prepare(page *browser.Page, by hands, look func(string)) {
	c.t.Helper()
	by.press("Check your devices")
	page.WaitText("It can do everything that is needed.")
	by.press("Turn on the microphone")
	page.WaitText("You are well heard.")
	by.press("Turn on the camera")
	page.WaitText("There is a picture.")
	look("3-check")
	by.press("Play the tones")
	by.press("Yes")
	page.WaitText("Everything works. You are ready.")
	by.press("Continue")
	page.WaitText("Practise once")
	by.press("Turn on the microphone")
	by.press("Start recording")
	page.WaitText("0:02 of")
	by.press("Stop recording")
	page.WaitText("That is how it works.")
	look("4-practice")
	by.press("Continue")
	page.WaitText("Your place is reserved")
}

// wasNotRecorded checks that nothing that was recorded has left the page so far, apart from the noise that measures the connection.
func (c *candidate) wasNotRecorded(page *browser.Page) {
	c.t.Helper()
	reads := regexp.MustCompile(`^(GET|HEAD) `)
	writes := regexp.MustCompile(`^POST \S+(/c/[^/]+/accept|/take/check/upload|/take/signals)$`)
	for _, request := range page.Requests() {
		if !reads.MatchString(request) && !writes.MatchString(request) {
			c.t.Errorf("before the start the page asked %s", request)
		}
	}
	if all := c.takes(); len(all) != 0 {
		c.t.Errorf("before the start there are recordings: %+v", all)
	}
}

// span is how long a recording may be.
type span struct{ least, most time.Duration }

// speak records an answer of so many seconds.
func (c *candidate) speak(page *browser.Page, by hands, look func(string), name string, seconds int) span {
	c.t.Helper()
	if page.Text("take-recorder[data-phase]"); browser.Eval[bool](page, "!document.querySelector('take-preparation')") {
		by.press("Turn on the microphone")
	} // else the page turns the devices on itself
	phase(page, "armed")
	by.press("Start recording")
	take := recording{page, time.Now()}
	phase(page, "recording")
	look(name + "-recording")
	take.until(seconds)
	by.press("Stop recording")
	all := span{time.Duration(seconds) * time.Second, take.most()}
	phase(page, "ready")
	look(name + "-ready")
	return all
}

// see checks that a page can be used by everybody and on small screens, and keeps pictures of it.
func see(t *testing.T, page *browser.Page, name string) {
	t.Helper()
	page.Axe()
	for _, width := range []int{320, 375} {
		page.Viewport(width, 812)
		if over := browser.Eval[int](page, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
			t.Errorf("%s: at %d pixels the page is %d too wide", name, width, over)
		}
	}
	page.Screenshot(name, 375, false)
}

// handedIn checks what there is of the assessment afterwards.
func (c *candidate) handedIn(lengths ...span) {
	c.t.Helper()
	now := c.status()
	if now.Status != "completed" {
		c.t.Errorf("the API says %s", now.Status)
	}
	steps := []time.Time{now.SentAt, now.AcceptedAt, now.StartedAt, now.CompletedAt}
	if !slices.IsSortedFunc(steps, time.Time.Compare) || now.SentAt.IsZero() {
		c.t.Errorf("the steps are not in order: %v", steps)
	}
	all := c.takes()
	if len(all) != len(lengths) {
		c.t.Fatalf("there are %d takes", len(all))
	}
	for i, length := range lengths {
		c.kept(all[i], length.least, length.most)
	}
	receipt := c.receipt()
	if !strings.Contains(receipt.Text, "Answered: 3 of 3.") || !strings.Contains(receipt.Text, "Receipt number: ") {
		c.t.Errorf("the receipt says: %s", receipt.Text)
	}
}

// receipt waits for the mail that says that everything has been received.
func (c *candidate) receipt() letter {
	c.t.Helper()
	for deadline := time.Now().Add(longWait); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if l := c.access.mail(c.t, c.email); strings.HasPrefix(l.Subject, "Received:") {
			return l
		}
	}
	c.t.Fatal("no receipt has come")
	return letter{}
}

func TestStatusFollowsTheCandidate(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	page := c.phone(browser.Start(t, browser.Settings{}))
	is := func(want string) {
		t.Helper()
		if got := c.status().Status; got != want {
			t.Errorf("the API says %s, want %s", got, want)
		}
	}
	is("pending")
	page.Open(c.link)
	is("pending")
	c.agree(page)
	is("accepted")
	page.Click("Start the assessment")
	page.WaitText("Question 1 of 3")
	is("started")

	page.Open(c.access.URL + "/take/review")
	page.WaitText("3 required questions are not answered")
	page.AllowError("422")
	page.Click("Submit the assessment")
	page.WaitText("Something is missing.")
	page.Axe()
	is("started")
	page.Click("Submit all the same")
	page.Click("Submit the assessment")
	page.WaitText("You are finished. Thank you!")
	is("completed")
	page.Open(c.link)
	page.WaitText("There is nothing more for you to do.")
}

func TestTextIsNotLost(t *testing.T) {
	t.Parallel()
	c := invite(t, "")
	own := browser.Start(t, browser.Settings{})
	page := c.phone(own)
	c.begin(page)
	page.Click("Answer later")
	page.WaitText("Question 2 of 3")
	page.Click("Answer later")
	page.WaitText("Question 3 of 3")
	page.Click("Show the question")
	add := func(text string) {
		t.Helper()
		page.ClickOn("textarea")
		page.Press("Control+End")
		for _, r := range text {
			page.Press(string(r))
		}
	}
	is := func(want string) {
		t.Helper()
		page.WaitText("Saved at")
		if got := page.Value("Your answer"); got != want {
			t.Errorf("the page shows %q, want %q", got, want)
		}
		texts := query(c, "SELECT text FROM answers WHERE invite_id = ? AND text <> ''", func(rows *sql.Rows, text *string) error { return rows.Scan(text) }, c.id)
		if !slices.Equal(texts, []string{want}) {
			t.Errorf("the server has %q, want %q", texts, want)
		}
	}
	const kept = "No connection. Your text is kept on this device and will be saved later."
	add("On line,")
	is("On line,")

	page.Offline(true)
	add(" off line,")
	page.WaitText(kept)
	page.Axe()
	page.Offline(false)
	is("On line, off line,")

	c.server.kill()
	add(" left alone.")
	page.WaitText(kept)
	page.Close()
	c.start()
	page = c.phone(own)
	page.AllowError("409") // another tab had the attempt
	page.Open(c.access.URL + "/take/questions/3")
	is("On line, off line, left alone.")
}

// TestAnswersOfTheDemoPlay plays what the sample's candidates have said, as a member does.
func TestAnswersOfTheDemoPlay(t *testing.T) {
	t.Parallel()
	c := arrive(t)
	page := browser.New(t).Patient(longWait)
	page.Open(c.access.URL + "/signin")
	page.Fill("E-mail address", c.access.OwnerEmail)
	page.Fill("Password", c.access.OwnerPassword)
	page.Click("Sign in")
	page.WaitURL("/overview")
	page.Open(c.access.URL + "/invites?status=completed")
	page.Click("Maya Lindqvist maya.lindqvist@example.com")
	page.WaitText("Answers")
	for _, kind := range []string{"audio", "video"} {
		browser.Eval[bool](page, fmt.Sprintf("(window.playing = document.querySelector('main %s'), true)", kind))
		page.ClickOn(fmt.Sprintf("main answer-player:has(%s) .player-play", kind))
		moved := browser.Eval[bool](page, `new Promise(moved => {
			playing.addEventListener("timeupdate", () => playing.currentTime > 0.5 && moved(true));
			playing.addEventListener("error", () => moved(false));
		})`)
		if !moved {
			t.Errorf("the %s does not play", kind)
		}
		browser.Eval[bool](page, "(playing.pause(), true)")
	}
}
