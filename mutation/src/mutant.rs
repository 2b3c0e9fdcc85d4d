
/// Which change is made in this run, 0 being none. With one, the first test that fails ends it.
pub fn mutant() -> u32 {
    static NUMBER: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| {
        let number = std::env::var("STEELYARD_MUTANT").map_or(0, |number| number.parse().unwrap());
        if number != 0 {
            std::panic::set_hook(Box::new(|_| std::process::exit(101)));
        }
        number
    });
    *NUMBER
}
