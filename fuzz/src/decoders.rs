//! The fuzzed program: one decoder, named by `STEELYARD_FUZZ_PROTOCOL`, and the property that it has
//! to keep. The arguments are those of libFuzzer.
#![no_main]

#[path = "../../firmware-protocols/tests/common/property.rs"]
mod property;

use std::cell::RefCell;

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
