package agreement

import "math"

// Ratings are the ratings of one subject.
type Ratings []float64

// ICC1 is ICC(1,1): how much of the variance of a single rating is due to differences between the subjects, when each is rated by
// raters of its own. 1 means that the raters of a subject always agree; 0 or less, that they tell the subjects apart no better
// than chance. Subjects may have different numbers of ratings; those without any are passed over. It is not defined for fewer
// than two subjects, when no subject was rated twice, nor when all ratings are the same.
//
// Sources: P. E. Shrout, J. L. Fleiss, Intraclass correlations: Uses in assessing rater reliability, Psychological Bulletin 86
// (1979), 420–428; for different numbers of ratings, E. A. Haggard, Intraclass correlation and the analysis of variance (1958).
func ICC1(subjects []Ratings) (icc float64, ok bool) {
	v, ok := oneWay(subjects)
	if !ok {
		return 0, false
	}
	return positive(v.between-v.within, v.between+(v.ratings-1)*v.within)
}

// ICC1Mean is ICC(1,k): what ICC1 is of a single rating, of the mean of a subject's ratings. Besides where ICC1 is not defined,
// it is not when the subjects' means do not differ.
func ICC1Mean(subjects []Ratings) (icc float64, ok bool) {
	v, ok := oneWay(subjects)
	if !ok {
		return 0, false
	}
	return positive(v.between-v.within, v.between)
}

// ICC2 is ICC(2,1): how much of the variance of a single rating is due to differences between the subjects, when all are rated by
// the same raters, who stand for others like them. Ratings are in the order of the raters. It is not defined for fewer than two
// subjects or raters, when a rating is missing, nor when all ratings are the same.
//
// Source: Shrout and Fleiss (1979), as for ICC1.
func ICC2(subjects []Ratings) (icc float64, ok bool) {
	v, ok := twoWay(subjects)
	if !ok {
		return 0, false
	}
	return positive(v.between-v.residual, v.between+(v.k-1)*v.residual+v.k*(v.raters-v.residual)/v.n)
}

// ICC2Mean is ICC(2,k): what ICC2 is of a single rating, of the mean of all raters' ratings. Besides where ICC2 is not defined, it
// is not when the subjects differ by less than chance would have it.
func ICC2Mean(subjects []Ratings) (icc float64, ok bool) {
	v, ok := twoWay(subjects)
	if !ok {
		return 0, false
	}
	return positive(v.between-v.residual, v.between+(v.raters-v.residual)/v.n)
}

// positive is a quotient whose denominator is a variance: not negative, and more than what rounding leaves of none.
func positive(numerator, denominator float64) (quotient float64, ok bool) {
	if denominator <= 1e-9*math.Abs(numerator) {
		return 0, false
	}
	return defined(numerator, denominator)
}

// oneWayVariance is an analysis of variance by subject.
type oneWayVariance struct {
	between, within float64 // mean squares
	ratings         float64 // of a subject, as they would be if all had the same number (k0)
}

func oneWay(subjects []Ratings) (v oneWayVariance, ok bool) {
	var n, total, squares float64 // subjects, ratings, squares of the numbers of ratings
	for _, s := range subjects {
		if k := float64(len(s)); k > 0 {
			n, total, squares = n+1, total+k, squares+k*k
		}
	}
	if n < 2 || total <= n || same(subjects) {
		return v, false
	}
	grand := mean(subjects...)
	for _, s := range subjects {
		if len(s) == 0 {
			continue
		}
		own := mean(s)
		v.between += float64(len(s)) * square(own-grand)
		for _, x := range s {
			v.within += square(x - own)
		}
	}
	v.between /= n - 1
	v.within /= total - n
	v.ratings = (total - squares/total) / (n - 1)
	return v, true
}

// twoWayVariance is an analysis of variance by subject and rater.
type twoWayVariance struct {
	between, raters, residual float64 // mean squares
	n, k                      float64 // subjects, raters
}

func twoWay(subjects []Ratings) (v twoWayVariance, ok bool) {
	if !complete(subjects) || same(subjects) {
		return v, false
	}
	v.n, v.k = float64(len(subjects)), float64(len(subjects[0]))
	grand, ofRater := mean(subjects...), raterMeans(subjects)
	for _, s := range subjects {
		own := mean(s)
		v.between += v.k * square(own-grand)
		for j, x := range s {
			v.residual += square(x - own - ofRater[j] + grand)
		}
	}
	for _, m := range ofRater {
		v.raters += v.n * square(m-grand)
	}
	v.between /= v.n - 1
	v.raters /= v.k - 1
	v.residual /= (v.n - 1) * (v.k - 1)
	return v, true
}

// complete reports whether at least two raters have rated each of at least two subjects.
func complete(subjects []Ratings) bool {
	if len(subjects) < 2 || len(subjects[0]) < 2 {
		return false
	}
	for _, s := range subjects {
		if len(s) != len(subjects[0]) {
			return false
		}
	}
	return true
}

func raterMeans(subjects []Ratings) []float64 {
	means := make([]float64, len(subjects[0]))
	for _, s := range subjects {
		for j, x := range s {
			means[j] += x / float64(len(subjects))
		}
	}
	return means
}

// same reports whether no two ratings differ: what is left of their variance then is rounding.
func same(subjects []Ratings) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range subjects {
		for _, x := range s {
			low, high = min(low, x), max(high, x)
		}
	}
	return low >= high
}

func mean(subjects ...Ratings) float64 {
	sum, n := 0.0, 0
	for _, s := range subjects {
		for _, x := range s {
			sum += x
		}
		n += len(s)
	}
	return sum / float64(n)
}

func square(x float64) float64 { return x * x }
