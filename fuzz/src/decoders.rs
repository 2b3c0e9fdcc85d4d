//! The fuzzed program: one decoder, named by `STEELYARD_FUZZ_PROTOCOL`, and the property that it has
//! to keep. The arguments are those of libFuzzer.
#![no_main]

#[path = "../../firmware-protocols/tests/common/property.rs"]
mod property;

use std::cell::{Cell, RefCell};

use firmware_protocols::registry::{Protocol, find};
use property::Property;

thread_local! {
    static PROPERTY: RefCell<Property> = RefCell::new(Property::new(&protocol()));
}

fn protocol() -> Protocol {
    let name = std::env::var("STEELYARD_FUZZ_PROTOCOL").unwrap_or_default();
    match canary::protocols().into_iter().find(|one| one.name == name) {
        Some(protocol) => protocol,
        None => *find(&name).unwrap_or_else(|error| panic!("{error}")),
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    PROPERTY.with_borrow_mut(|property| property.hold(input));
});

// libFuzzer puts itself between the program and its comparisons of bytes and learns the words that
// inputs are compared with. In decoders of text that takes most of the time, so it sees one in
// sixteen; `build.rs` has the linker bring all comparisons here.

thread_local! {
    static COMPARISONS: Cell<u32> = const { Cell::new(0) };
}

unsafe extern "C" {
    fn __real_bcmp(left: *const u8, right: *const u8, count: usize) -> i32;
    fn __real_memcmp(left: *const u8, right: *const u8, count: usize) -> i32;
}

fn is_watched() -> bool {
    let count = COMPARISONS.get().wrapping_add(1);
    COMPARISONS.set(count);
    count.is_multiple_of(16)
}

/// The difference of the first two bytes that differ.
///
/// # Safety
/// As `memcmp`: `count` bytes can be read at both places.
unsafe fn compare(left: *const u8, right: *const u8, count: usize) -> i32 {
    for index in 0..count {
        let (a, b) = unsafe { (*left.add(index), *right.add(index)) };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
    }
    0
}

/// # Safety
/// As `bcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_bcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    if is_watched() {
        return unsafe { __real_bcmp(left, right, count) };
    }
    unsafe { compare(left, right, count) }
}

/// # Safety
/// As `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    if is_watched() {
        return unsafe { __real_memcmp(left, right, count) };
    }
    unsafe { compare(left, right, count) }
}
