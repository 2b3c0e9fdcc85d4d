//! A TCP port against a real listener; serial lines are tested with the daemon.

use tokio::net::TcpListener;

use super::*;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

fn line(device: &str) -> Line {
    Line {
        name: "wim-1".to_owned(),
        device: device.into(),
        login: None,
        baud: 9_600,
        data_bits: tokio_serial::DataBits::Eight,
        parity: tokio_serial::Parity::None,
        stop_bits: tokio_serial::StopBits::One,
        silence_after: Some(Duration::from_millis(50)),
    }
}

struct Supervised {
    reports: mpsc::Receiver<(usize, PortReport)>,
    outgoing: mpsc::Sender<Vec<u8>>,
    cancel: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Supervised {
    fn start(device: &str) -> Self {
        let (reports_in, reports) = mpsc::channel(16);
        let (outgoing, messages) = mpsc::channel(16);
        let cancel = CancellationToken::new();
        let task = supervise(7, line(device), reports_in, messages, cancel.clone());
        let task = tokio::spawn(task);
        Self {
            reports,
            outgoing,
            cancel,
            task,
        }
    }

    async fn next(&mut self) -> PortReport {
        let report = tokio::time::timeout(PATIENCE, self.reports.recv()).await;
        let (index, report) = report.unwrap().unwrap();
        assert_eq!(index, 7);
        report
    }

    /// The next report that is not of silence, which comes when the machine is slow.
    async fn next_word(&mut self) -> PortReport {
        loop {
            let report = self.next().await;
            if !matches!(report, PortReport::Silent { .. }) {
                return report;
            }
        }
    }

    async fn stop(self) {
        self.cancel.cancel();
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .unwrap()
            .unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_hangs_up_is_lost_and_opened_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut port = Supervised::start(&format!("tcp://{address}"));
    let (mut peer, _) = listener.accept().await.unwrap();
    assert!(matches!(port.next_word().await, PortReport::Opened));
    peer.write_all(b"one").await.unwrap();
    assert!(matches!(port.next_word().await, PortReport::Bytes(bytes) if bytes == b"one"));
    assert!(matches!(port.next().await, PortReport::Silent { .. }));
    port.outgoing.send(b"answer".to_vec()).await.unwrap();
    let mut heard = [0; 6];
    peer.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"answer");

    // The device server restarts: nobody listens for a while.
    drop(listener);
    drop(peer);
    let PortReport::Lost { why } = port.next_word().await else {
        panic!("not lost");
    };
    assert!(
        why.contains("no other program") && why.contains("线路断开"),
        "{why}"
    );
    let PortReport::Refused { why } = port.next_word().await else {
        panic!("not refused");
    };
    assert!(
        why.contains(&format!("tcp://{address} 拒绝连接")) && why.contains("check the port number"),
        "{why}"
    );
    let listener = TcpListener::bind(address).await.unwrap();
    let (mut peer, _) = listener.accept().await.unwrap();
    assert!(matches!(port.next_word().await, PortReport::Opened));
    peer.write_all(b"two").await.unwrap();
    assert!(matches!(port.next_word().await, PortReport::Bytes(bytes) if bytes == b"two"));
    port.stop().await;
    assert_eq!(peer.read(&mut heard).await.unwrap(), 0, "closed at the end");
}

#[tokio::test]
async fn a_dead_peer_is_probed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stream = connect_tcp("localhost", port).await.unwrap();
    let socket = SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    assert_eq!(socket.tcp_keepalive_time().unwrap(), PROBE_AFTER);
    assert_eq!(socket.tcp_keepalive_retries().unwrap(), PROBES);
}

#[tokio::test]
async fn what_keeps_a_connection_from_opening_is_said_with_its_remedy() {
    // Names under .invalid never exist (RFC 6761).
    let why = connect(&line("tcp://no-such-device.invalid:4001"))
        .await
        .err()
        .unwrap();
    assert!(
        why.contains("no-such-device.invalid") && why.contains("write the IP address"),
        "{why}"
    );
    let address = Address::parse("tcp://192.168.1.50:4001".as_ref()).unwrap();
    for (kind, words) in [
        (io::ErrorKind::HostUnreachable, ["网络不通", "IP settings"]),
        (io::ErrorKind::TimedOut, ["没有应答", "check its power"]),
        (
            io::ErrorKind::PermissionDenied,
            ["连不上", "permission denied"],
        ),
    ] {
        let why = tcp_refusal(&address, &kind.into());
        assert!(why.starts_with("tcp://192.168.1.50:4001 "), "{why}");
        assert!(words.iter().all(|word| why.contains(word)), "{why}");
    }
    let pushed = connect(&line("http-push:/lane-1")).await.err().unwrap();
    assert!(pushed.contains("/lane-1 由相机推送"), "{pushed}");
}
