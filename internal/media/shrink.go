package media

import (
	"image"
	"image/color"
)

// shrink scales a picture down so that no side is longer than limit, each new pixel being the mean of those it replaces.
// A picture that is small enough keeps its size. Transparency comes out on white.
func shrink(src image.RGBA64Image, limit int) *image.RGBA {
	from := src.Bounds()
	w, h := fit(from.Dx(), from.Dy(), limit)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		top, bottom := from.Min.Y+y*from.Dy()/h, from.Min.Y+(y+1)*from.Dy()/h
		for x := range w {
			left, right := from.Min.X+x*from.Dx()/w, from.Min.X+(x+1)*from.Dx()/w
			out.SetRGBA(x, y, mean(src, image.Rect(left, top, right, bottom)))
		}
	}
	return out
}

// fit returns the size that w × h has within a square of limit.
func fit(w, h, limit int) (int, int) {
	longest := max(w, h)
	if longest <= limit {
		return w, h
	}
	return max(w*limit/longest, 1), max(h*limit/longest, 1)
}

// mean is the average colour of an area, over white.
func mean(src image.RGBA64Image, area image.Rectangle) color.RGBA {
	var r, g, b, a, n uint64
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			p := src.RGBA64At(x, y)
			r, g, b, a, n = r+uint64(p.R), g+uint64(p.G), b+uint64(p.B), a+uint64(p.A), n+1
		}
	}
	white := n*0xFFFF - a
	return color.RGBA{uint8((r + white) / n >> 8), uint8((g + white) / n >> 8), uint8((b + white) / n >> 8), 0xFF}
}

// upright turns and mirrors a picture as its EXIF orientation asks.
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Pt(w, h)
	if orientation >= 5 {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			to := turned(x, y, w, h, orientation)
			out.SetRGBA(to.X, to.Y, src.RGBAAt(x, y))
		}
	}
	return out
}

// turned says where the pixel at (x, y) of a w × h picture belongs.
func turned(x, y, w, h, orientation int) image.Point {
	switch orientation {
	case 2: // mirrored
		return image.Pt(w-1-x, y)
	case 3: // upside down
		return image.Pt(w-1-x, h-1-y)
	case 4: // both
		return image.Pt(x, h-1-y)
	case 5: // mirrored along the diagonal
		return image.Pt(y, x)
	case 6: // lies on its left side
		return image.Pt(h-1-y, x)
	case 7: // mirrored along the other diagonal
		return image.Pt(h-1-y, w-1-x)
	case 8: // lies on its right side
		return image.Pt(y, w-1-x)
	default:
		return image.Pt(x, y)
	}
}
