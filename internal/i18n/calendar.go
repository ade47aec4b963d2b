package i18n

import (
	"fmt"
	"strings"
	"time"
)

// calendar is how a language writes dates. x/text has no dates yet; these are the full and medium forms of CLDR with a
// clock of 24 hours, which every reader of these languages understands.
type calendar struct {
	weekdays [7]string // from Sunday
	months   [12]string
	full     string // weekday, day, month, year
	date     string // day, month, year
	both     string // a date and a time
	first    string // how the first day of a month is written; empty: 1
}

// The gaps of the patterns are numbered: 1 weekday, 2 day, 3 month, 4 year; of both: 1 date, 2 time and zone.
var calendars = map[string]calendar{
	"en": {
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		months: [12]string{
			"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
			"December",
		},
		full: "%[1]s, %[2]s %[3]s %[4]d",
		date: "%[2]s %[3]s %[4]d",
		both: "%s at %s",
	},
	"es": {
		weekdays: [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		months: [12]string{
			"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
			"diciembre",
		},
		full: "%[1]s, %[2]s de %[3]s de %[4]d",
		date: "%[2]s de %[3]s de %[4]d",
		both: "%s, %s",
	},
	"de": {
		weekdays: [7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		months: [12]string{
			"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
			"Dezember",
		},
		full: "%[1]s, %[2]s. %[3]s %[4]d",
		date: "%[2]s. %[3]s %[4]d",
		both: "%s um %s",
	},
	"fr": {
		weekdays: [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		months: [12]string{
			"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
			"décembre",
		},
		full:  "%[1]s %[2]s %[3]s %[4]d",
		date:  "%[2]s %[3]s %[4]d",
		both:  "%s à %s",
		first: "1er",
	},
	"pt": {
		weekdays: [7]string{
			"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado",
		},
		months: [12]string{
			"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro",
			"dezembro",
		},
		full: "%[1]s, %[2]s de %[3]s de %[4]d",
		date: "%[2]s de %[3]s de %[4]d",
		both: "%s às %s",
	},
}

// DateTime writes the moment in full, in t's own zone and naming it: "Friday, 14 February 2025 at 12:00 UTC".
func (l *Localizer) DateTime(t time.Time) string {
	return fmt.Sprintf(l.calendar.both, l.calendar.write(l.calendar.full, t), t.Format("15:04")+" "+Zone(t))
}

// Date writes the day in t's own zone: "14 February 2025".
func (l *Localizer) Date(t time.Time) string { return l.calendar.write(l.calendar.date, t) }

func (c calendar) write(pattern string, t time.Time) string {
	day := fmt.Sprint(t.Day())
	if t.Day() == 1 && c.first != "" {
		day = c.first
	}
	// A pattern without the weekday leaves its value unused, which Sprintf allows for numbered gaps only.
	return fmt.Sprintf(pattern, c.weekdays[t.Weekday()], day, c.months[t.Month()-1], t.Year())
}

// Zone names t's zone in a way that cannot be mistaken, as abbreviations such as CST can: "UTC", "UTC+1 (Europe/Madrid)",
// "UTC−3:30".
func Zone(t time.Time) string {
	_, seconds := t.Zone()
	zone := "UTC"
	if minutes := seconds / 60; minutes != 0 {
		sign := "+"
		if minutes < 0 {
			sign, minutes = "−", -minutes
		}
		zone += fmt.Sprintf("%s%d", sign, minutes/60)
		if rest := minutes % 60; rest != 0 {
			zone += fmt.Sprintf(":%02d", rest)
		}
	}
	if name := t.Location().String(); strings.Contains(name, "/") && !strings.HasPrefix(name, "Etc/") {
		zone += " (" + strings.ReplaceAll(name, "_", " ") + ")"
	}
	return zone
}
