//! The push server against a real HTTP client; what takes the messages is played by the test.

use std::net::Ipv4Addr;

use reqwest::Client;

use super::*;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn port(index: usize, path: &str, peers: &[IpAddr]) -> PushPort {
    PushPort::new(index, path.to_owned(), peers, None)
}

struct Pushed {
    url: String,
    reports: mpsc::Receiver<(usize, PortReport)>,
    cancel: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Pushed {
    async fn start(ports: Vec<PushPort>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (reports_in, reports) = mpsc::channel(16);
        let cancel = CancellationToken::new();
        let count = ports.len();
        let server = Arc::new(Server {
            ports,
            reports: reports_in,
        });
        let task = tokio::spawn(serve_on(listener, server, cancel.clone()));
        let mut pushed = Self {
            url,
            reports,
            cancel,
            task,
        };
        for index in 0..count {
            let (opened, report) = pushed.next().await;
            assert!(opened == index && matches!(report, PortReport::Opened));
        }
        pushed
    }

    async fn next(&mut self) -> (usize, PortReport) {
        let report = tokio::time::timeout(PATIENCE, self.reports.recv()).await;
        report.unwrap().unwrap()
    }

    /// The next message, which is answered with `answer`; unanswered where there is none.
    async fn message(&mut self, answer: Option<PushAnswer>) -> (usize, Vec<u8>) {
        let (index, report) = self.next().await;
        let PortReport::Message {
            bytes,
            answer: sender,
        } = report
        else {
            panic!("no message: {report:?}");
        };
        if let Some(answer) = answer {
            sender.send(answer).unwrap();
        }
        (index, bytes)
    }

    async fn turned_away(&mut self) -> (usize, &'static str, String) {
        let (index, report) = self.next().await;
        let PortReport::TurnedAway { counted_as, why } = report else {
            panic!("not turned away: {report:?}");
        };
        (index, counted_as, why)
    }

    /// Posts to a path and plays the intake meanwhile.
    async fn post(
        &mut self,
        path: &str,
        body: Vec<u8>,
        answer: Option<PushAnswer>,
    ) -> (reqwest::Response, (usize, Vec<u8>)) {
        let request = Client::new().post(format!("{}{path}", self.url)).body(body);
        let (response, message) = tokio::join!(request.send(), self.message(answer));
        (response.unwrap(), message)
    }

    async fn stop(self) {
        self.cancel.cancel();
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .unwrap()
            .unwrap();
    }
}

async fn status(request: reqwest::RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_message_goes_to_its_port_and_gets_the_answer_of_who_took_it() {
    let ports = vec![port(0, "/lane-1", &[HERE]), port(1, "/lane-2", &[HERE])];
    let mut pushed = Pushed::start(ports).await;
    let json = b"{\"Response_AlarmInfoPlate\":{\"info\":\"ok\"}}".to_vec();
    let answer = PushAnswer::Recorded(Some(json.clone()));
    let longest: Vec<u8> = (0..BODY_LIMIT).map(|n| (n % 251) as u8).collect();
    let (response, message) = pushed
        .post("/lane-2?channel=1", longest.clone(), Some(answer))
        .await;
    assert!(message == (1, longest), "all of it, unchanged");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.bytes().await.unwrap(), json);

    let (response, message) = pushed
        .post("/lane-1", b"x".to_vec(), Some(PushAnswer::Recorded(None)))
        .await;
    assert_eq!(message, (0, b"x".to_vec()));
    assert_eq!(
        (response.status(), response.content_length()),
        (200.try_into().unwrap(), Some(0))
    );

    let (response, _) = pushed
        .post("/lane-1", b"x".to_vec(), Some(PushAnswer::Unreadable))
        .await;
    assert_eq!(response.status(), 400);
    let (response, _) = pushed.post("/lane-1", b"x".to_vec(), None).await;
    assert_eq!(response.status(), 503, "the camera is to send it again");

    let put = Client::new()
        .put(format!("{}/lane-1", pushed.url))
        .body("p");
    let answer = Some(PushAnswer::Recorded(None));
    let (put, message) = tokio::join!(status(put), pushed.message(answer));
    assert_eq!((put, message.1), (200, b"p".to_vec()));
    pushed.stop().await;
}

#[tokio::test]
async fn who_may_not_push_is_turned_away_and_the_port_says_so() {
    let stranger: IpAddr = "192.168.1.64".parse().unwrap();
    let ports = vec![port(0, "/lane-1", &[HERE]), port(1, "/lane-2", &[stranger])];
    let mut pushed = Pushed::start(ports).await;
    let url = pushed.url.clone();
    let post = |path: &str| Client::new().post(format!("{url}{path}")).body("x");

    assert_eq!(status(post("/lane-2")).await, 403);
    let (index, counted_as, why) = pushed.turned_away().await;
    assert_eq!((index, counted_as), (1, "foreign_peer"));
    assert!(why.starts_with("127.0.0.1 不在") && why.contains("add the camera's address"));

    assert_eq!(status(post("/lane1")).await, 404);
    let (index, counted_as, why) = pushed.turned_away().await;
    assert_eq!((index, counted_as), (0, "wrong_path"));
    assert!(
        why.contains("pushes to /lane1, this port's path is /lane-1"),
        "{why}"
    );

    let get = Client::new().get(format!("{url}/lane-1"));
    let response = get.send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "POST, PUT");

    let long = vec![0; BODY_LIMIT + 1];
    assert_eq!(status(post("/lane-1").body(long)).await, 413);
    let (index, counted_as, why) = pushed.turned_away().await;
    assert_eq!((index, counted_as), (0, "message_too_long"));
    assert!(why.contains("smaller pictures"), "{why}");
    pushed.stop().await;
}

#[tokio::test]
async fn a_message_that_breaks_off_is_not_taken() {
    use tokio::io::AsyncWriteExt;
    let mut pushed = Pushed::start(vec![port(0, "/lane-1", &[HERE])]).await;
    let address = pushed.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = b"POST /lane-1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf";
    stream.write_all(head).await.unwrap();
    drop(stream);
    let (index, counted_as, why) = pushed.turned_away().await;
    assert_eq!((index, counted_as), (0, "message_cut_off"));
    assert!(why.contains("check the network"), "{why}");
    pushed.stop().await;
}

#[tokio::test]
async fn a_port_that_nobody_pushes_to_is_silent_until_somebody_does() {
    let quiet = Duration::from_millis(50);
    let quiet = PushPort::new(0, "/a".to_owned(), &[HERE], Some(quiet));
    let mut pushed = Pushed::start(vec![quiet]).await;
    for _ in 0..2 {
        let (_, report) = pushed.next().await;
        assert!(matches!(report, PortReport::Silent { .. }), "{report:?}");
        let answer = Some(PushAnswer::Recorded(None));
        let (response, _) = pushed.post("/a", b"x".to_vec(), answer).await;
        assert_eq!(response.status(), 200);
    }
    pushed.stop().await;
}

#[tokio::test]
async fn an_address_in_use_is_said_and_tried_again() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = taken.local_addr().unwrap();
    let (reports_in, mut reports) = mpsc::channel(16);
    let cancel = CancellationToken::new();
    let ports = vec![port(3, "/lane-1", &[HERE])];
    let task = tokio::spawn(serve(listen, ports, reports_in, cancel.clone()));
    let (index, report) = tokio::time::timeout(PATIENCE, reports.recv())
        .await
        .unwrap()
        .unwrap();
    let PortReport::Refused { why } = report else {
        panic!("not refused: {report:?}");
    };
    assert_eq!(index, 3);
    assert!(
        why.contains("已被其他程序占用") && why.contains("stop that one"),
        "{why}"
    );
    drop(taken);
    let (_, report) = tokio::time::timeout(PATIENCE, reports.recv())
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(report, PortReport::Opened));
    cancel.cancel();
    task.await.unwrap();
}

#[test]
fn an_ipv4_camera_is_known_on_an_ipv6_socket() {
    let mapped: IpAddr = "::ffff:192.168.1.64".parse().unwrap();
    let port = port(0, "/a", &[mapped]);
    assert_eq!(port.peers, ["192.168.1.64".parse::<IpAddr>().unwrap()]);
}
