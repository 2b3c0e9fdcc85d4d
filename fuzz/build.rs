//! See the end of `src/decoders.rs`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for function in ["bcmp", "memcmp"] {
        println!("cargo::rustc-link-arg-bin=decoders=-Wl,--wrap={function}");
    }
}
