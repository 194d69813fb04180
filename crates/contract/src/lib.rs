//! Nothing: this crate is its tests. It alone may see both clients and the sandbox, which must not see each other, so
//! that what holds between them is tested here and nowhere else.
