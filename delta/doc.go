// Package delta makes and applies Fossil deltas: patches that turn the bytes a
// receiver already has (the base) into the bytes it is to get (the target).
//
// A patch is
//
//	<length of the target> "\n" { <n> "@" <offset> "," | <n> ":" <n bytes> } <checksum> ";"
//
// where "@" copies n bytes of the base and ":" inserts literal bytes. Numbers
// are written in base 64, see number.go.
//
// Patches made here can always travel in a JSON string when the target can: if
// the target is valid UTF-8, so is the patch. The format alone doesn't give
// that; a literal that was cut through the middle of a character would not be.
//
// The package knows nothing of channels, publications or when a patch is worth
// sending. It imports nothing of ours; hub and clients use it.
package delta
