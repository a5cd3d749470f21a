//! The magic numbers of the interpreters that are out, by the tag in the names of their bytecode.
//! Only to tell a file of another build: what an interpreter itself says goes before this table.

/// The first half of each; the second is always a line end.
const NUMBERS: [(&str, u16); 11] = [
    ("cpython-37", 3394),
    ("cpython-38", 3413),
    ("cpython-39", 3425),
    ("cpython-310", 3439),
    ("cpython-311", 3495),
    ("cpython-312", 3531),
    ("cpython-313", 3571),
    ("cpython-314", 3627),
    ("cpython-315", 3666),
    ("pypy39", 336),
    ("pypy311", 432),
];

/// Returns the magic number that goes with a tag, where it is known.
pub fn of_tag(tag: &[u8]) -> Option<[u8; 4]> {
    let (_, number) = NUMBERS.iter().find(|(known, _)| known.as_bytes() == tag)?;
    let [low, high] = number.to_le_bytes();
    Some([low, high, b'\r', b'\n'])
}
