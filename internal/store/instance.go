package store

// Instance reads a fact about the instance itself, such as the hash of its set-up token; ok is false when it was never set.
func (tx *Tx) Instance(name string) (value string, ok bool, err error) {
	found, err := list(tx, scanID[string], "SELECT value FROM instance WHERE name = $1", name)
	return first(found), len(found) > 0, err
}

// SetInstance writes a fact about the instance.
func (tx *Tx) SetInstance(name, value string) error {
	_, err := tx.exec(`INSERT INTO instance (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
		name, value)
	return err
}

// DeleteInstance forgets a fact about the instance and reports whether there was one.
func (tx *Tx) DeleteInstance(name string) (bool, error) {
	n, err := tx.exec("DELETE FROM instance WHERE name = $1", name)
	return n > 0, err
}
