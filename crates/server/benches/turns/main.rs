//! What the service costs as its users meet it: the real binary on loopback over 100,000 events, asked
//! over HTTP/1.1 by callers that keep their connections. `EVENTS=1000000 cargo bench -p eps-server
//! --bench turns` for another size. Takes about a minute and prints one table; judges nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "its result is the table")]

mod bare;
mod client;
mod data;
mod process;
mod questions;

use std::{path::PathBuf, time::Duration};

use self::{
    client::{Load, Run},
    data::Data,
    process::Server,
    questions::Kind,
};

/// How long each kind of request is measured.
const MEASURED: Duration = Duration::from_millis(2_500);
/// Before it, so that caches are as in daily work.
const WARM_UP: Duration = Duration::from_millis(300);
const EVENTS: usize = 100_000;
/// Pairs of runs that are compared with the bare program.
const PAIRS: usize = 5;

/// What is measured on a server: a name, how many callers, which requests.
const LOADS: [(&str, usize, Kind); 9] = [
    ("turn, 1 caller", 1, Kind::Mixed),
    ("turn, 32 callers", 32, Kind::Mixed),
    ("turn, 50 callers", 50, Kind::Mixed),
    ("turn, words never asked before", 1, Kind::NewWords),
    ("turn that searches nothing", 1, Kind::SmallTalk),
    ("turn that searches nothing, 32 callers", 32, Kind::SmallTalk),
    ("durable turns, 64 callers", 64, Kind::Mixed),
    ("search", 1, Kind::Search),
    ("count", 1, Kind::Count),
];

fn main() {
    if let Some(folder) = std::env::var_os(process::BARE_DIR) {
        return bare::run(&PathBuf::from(folder));
    }
    let events = std::env::var("EVENTS").map_or(EVENTS, |count| count.parse().unwrap());
    let bytes = std::fs::metadata(process::binary()).unwrap().len();
    println!("binary: {:.1} MB", mega(bytes));

    let empty = Data::empty();
    let idle = Server::start(&empty, None);
    std::thread::sleep(Duration::from_secs(1));
    println!("idle, no data, no model: started in {} ms, {}", idle.started.as_millis(), memory(&idle));
    idle.stop();

    beside_bare(&empty);

    let data = Data::filled(events);
    println!("{events} events taken in: {:.1} s, {:.0} events/s", data.seconds, data.per_second());
    measure(&data, None);
    match model_dir() {
        Some(model) => {
            data.give_vectors();
            measure(&data, Some(model));
        }
        None => println!("no embedding model: `scripts/fetch-model` fetches it"),
    }
}

/// Starts a server over the data and puts all loads on it.
fn measure(data: &Data, model: Option<PathBuf>) {
    let what = if model.is_some() { "with the embedding model" } else { "without a model" };
    let server = Server::start(data, model);
    println!("\n{what}: started in {} ms, {} at first", server.started.as_millis(), memory(&server));
    println!(
        "{:<40}{:>9}{:>9}{:>9}{:>9}{:>10}{:>12}",
        "", "p50 ms", "p95 ms", "p99 ms", "max ms", "per s", "CPU us/req"
    );
    for (name, callers, kind) in LOADS {
        let load = Load { server: &server, callers, kind };
        load.run(WARM_UP);
        show(name, &load.run(MEASURED));
    }
    println!("{} after it", memory(&server));
    server.stop();
}

/// What a turn costs by itself, beside the bare program that does the same I/O: in turns, so that both
/// meet the same machine; the medians and the ratio of each pair.
fn beside_bare(data: &Data) {
    println!("\nCPU us a request, turn that searches nothing, median of {PAIRS} pairs");
    let (ours, bare) = (Server::start(data, None), Server::start_bare(data));
    for callers in [1, 32] {
        let cost = |server| {
            let load = Load { server, callers, kind: Kind::SmallTalk };
            load.run(WARM_UP);
            load.run(MEASURED).cpu_micros_per_request()
        };
        let pairs: Vec<(f64, f64)> = (0..PAIRS).map(|_| (cost(&ours), cost(&bare))).collect();
        let median = |of: &dyn Fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = pairs.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values[PAIRS / 2]
        };
        println!(
            "{callers:>4} callers: {:>6.0}, bare program {:>6.0}, ratio {:.2}",
            median(&|pair| pair.0),
            median(&|pair| pair.1),
            median(&|pair| pair.0 / pair.1)
        );
    }
    ours.stop();
}

fn show(name: &str, run: &Run) {
    let ms = |share: f64| run.quantile(share).as_secs_f64() * 1_000.0;
    println!(
        "{name:<40}{:>9.2}{:>9.2}{:>9.2}{:>9.2}{:>10.0}{:>12.0}",
        ms(0.5),
        ms(0.95),
        ms(0.99),
        ms(1.0),
        run.per_second(),
        run.cpu_micros_per_request()
    );
}

fn memory(server: &Server) -> String {
    let memory = server.memory();
    format!(
        "{:.0} MB resident ({:.0} MB of it files in the page cache)",
        mega(memory.resident),
        mega(memory.of_files)
    )
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Where `scripts/fetch-model` puts the model.
fn model_dir() -> Option<PathBuf> {
    let cache = std::env::var_os("EPS_CACHE").map(PathBuf::from);
    let folder = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache/eps")))?.join("minilm");
    folder.join("model.onnx").is_file().then_some(folder)
}
