package blob

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Dir is a [Store] in a directory: a key is the path of a file. What is written goes to a file of another name first, which
// is synced, renamed, and its directory synced, so that it lasts and is never seen in part.
type Dir struct {
	root   *os.Root
	making sync.Mutex // held while a directory is made, until its name lasts
}

var _ Store = (*Dir)(nil)

// unfinished is the directory of files that are being written. No key begins with a dot.
const unfinished = ".unfinished"

// NewDir opens the directory, which it makes if there is none, readable by its owner only.
func NewDir(name string) (*Dir, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	d := &Dir{root: root}
	if err := d.makeDir(unfinished); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Put implements Store.
func (d *Dir) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	src := newSource(ctx, r, size)
	err := d.put(src, key)
	if src.err != nil {
		return failed("storing", key, src.err, err)
	}
	return d.failed("storing", key, err)
}

func (d *Dir) put(src *source, key string) error {
	temporary, err := d.write(src)
	if err != nil {
		return err
	}
	if err = d.place(temporary, key); err != nil {
		_ = d.root.Remove(temporary) // what cannot be removed is swept
	}
	return err
}

// write makes a file that nobody sees yet, and whose content lasts.
func (d *Dir) write(r io.Reader) (name string, err error) {
	name = unfinished + "/" + rand.Text()
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = d.root.Remove(name) // as above
	}
	return name, err
}

// place puts a file under its key. Whoever deletes the last file of a directory takes the directory away, perhaps just before
// us; then it is made again.
func (d *Dir) place(temporary, key string) error {
	const tries = 10
	var err error
	for range tries {
		dir := path.Dir(key)
		if err = d.makeDirs(dir); err == nil {
			err = d.root.Rename(temporary, key)
		}
		if err == nil {
			err = d.sync(dir)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return err
}

// makeDirs makes a directory and those above it. The lock is held until their names last, so that no other Put finds and
// trusts one that a crash would take away.
func (d *Dir) makeDirs(dir string) error {
	d.making.Lock()
	defer d.making.Unlock()
	return d.makeDir(dir)
}

func (d *Dir) makeDir(dir string) error {
	if dir == "." {
		return nil
	}
	err := d.root.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err := d.makeDir(path.Dir(dir)); err != nil {
			return err
		}
		err = d.root.Mkdir(dir, 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.sync(path.Dir(dir))
}

// sync makes the names in a directory last, as syncing a file makes its content.
func (d *Dir) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements Store.
func (d *Dir) Open(_ context.Context, key string) (Object, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, d.failed("opening", key, absent(err))
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = ErrNotFound
	}
	if err != nil {
		return nil, d.failed("opening", key, errors.Join(err, f.Close()))
	}
	return &file{f, infoOf(key, stat)}, nil
}

// file is an Object. It is an *os.File also to its reader, which may send it without copying.
type file struct {
	*os.File
	info Info
}

// Info implements Object.
func (f *file) Info() Info { return f.info }

func infoOf(key string, stat fs.FileInfo) Info {
	return Info{Key: key, Size: stat.Size(), Modified: stat.ModTime()}
}

// Stat implements Store.
func (d *Dir) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	stat, err := d.root.Stat(key)
	if err == nil && !stat.Mode().IsRegular() {
		err = ErrNotFound
	}
	if err != nil {
		return Info{}, d.failed("looking at", key, absent(err))
	}
	return infoOf(key, stat), nil
}

// Delete implements Store. Directories that become empty go too.
func (d *Dir) Delete(ctx context.Context, keys ...string) error {
	var errs []error
	touched := map[string]bool{}
	for _, key := range keys {
		if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
			errs = append(errs, err)
			continue
		}
		if _, err := d.Stat(ctx, key); errors.Is(err, ErrNotFound) {
			continue
		}
		if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, d.failed("deleting", key, err))
		}
		touched[path.Dir(key)] = true
	}
	for dir := range touched {
		errs = append(errs, d.failed("deleting from", dir, d.prune(dir)))
	}
	return errors.Join(errs...)
}

// prune removes a directory if it is empty, and so on upwards, and makes what it removed stay away.
func (d *Dir) prune(dir string) error {
	for dir != "." && d.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	err := d.sync(dir)
	for errors.Is(err, fs.ErrNotExist) && dir != "." { // somebody else pruned it
		dir = path.Dir(dir)
		err = d.sync(dir)
	}
	return err
}

// List implements Store.
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield(Info{}, err)
			return
		}
		d.walk(ctx, path.Clean(prefix), yield)
	}
}

// walk yields the files below a directory. It is false when no more is to be yielded.
func (d *Dir) walk(ctx context.Context, dir string, yield func(Info, error) bool) bool {
	entries, err := d.entries(dir)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		yield(Info{}, d.failed("listing", dir, err))
		return false
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case !validSegment(entry.Name()):
		case entry.IsDir():
			if !d.walk(ctx, name, yield) {
				return false
			}
		case entry.Type().IsRegular():
			stat, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				yield(Info{}, d.failed("listing", name, err))
				return false
			}
			if !yield(infoOf(name, stat), nil) {
				return false
			}
		}
	}
	return true
}

// entries reads a directory in the order of the keys in it: that of "a-b" before "a/b". One that is absent is empty.
func (d *Dir) entries(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if errors.Is(absent(err), ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	order := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(order(a), order(b)) })
	return entries, nil
}

// Check implements Store.
func (d *Dir) Check(ctx context.Context) error {
	name, err := d.write(newSource(ctx, strings.NewReader(probe), int64(len(probe))))
	if err != nil {
		return d.failed("checking", d.root.Name(), err)
	}
	got, err := d.root.ReadFile(name)
	if err == nil && string(got) != probe {
		err = errors.New("what was written is not what is read")
	}
	return d.failed("checking", d.root.Name(), errors.Join(err, d.root.Remove(name)))
}

// probe is what a check writes and reads.
const probe = "AlfaOne wrote this to see whether it can.\n"

// Sweep implements Store.
func (d *Dir) Sweep(ctx context.Context, before time.Time) (int, error) {
	entries, err := d.entries(unfinished)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return 0, d.failed("sweeping", unfinished, err)
	}
	swept := 0
	for _, entry := range entries {
		stat, err := entry.Info()
		if err == nil && stat.ModTime().Before(before) {
			err = d.root.Remove(path.Join(unfinished, entry.Name()))
			swept++
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return swept, d.failed("sweeping", entry.Name(), err)
		}
	}
	return swept, nil
}

// absent marks what the file system says of a file that is not there, also below one that is no directory.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// failed gives an error of the file system its kind; nil stays nil.
func (*Dir) failed(doing, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return failed(doing, key, context.Canceled, err)
	case errors.Is(err, context.DeadlineExceeded):
		return failed(doing, key, context.DeadlineExceeded, err)
	case errors.Is(err, ErrNotFound):
		return failed(doing, key, ErrNotFound, err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrExist):
		return failed(doing, key, ErrKey, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return failed(doing, key, ErrFull, err)
	default:
		return failed(doing, key, ErrUnavailable, err)
	}
}
