mod matching;
mod numbers;
mod real;
mod suggestions;
mod types;
