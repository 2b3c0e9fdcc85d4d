//! Figures of speed: `cargo bench`.

#[path = "figures/store.rs"]
mod store;

fn main() {
    store::print();
}
