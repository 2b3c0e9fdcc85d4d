//! Where a port's device is: a serial line, a TCP address, or a path that a camera pushes to.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use super::Port;

/// What begins the device of a TCP port.
const TCP: &str = "tcp:";
/// What begins the device of a port that a camera pushes to.
const HTTP_PUSH: &str = "http-push:";
/// What begins the device of a port whose camera is asked for its stream.
const HTTP_GET: &str = "http-get:";
/// The longest path that a camera pushes to.
const LONGEST_PATH: usize = 128;

/// Where a port's device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A serial line, by its device path.
    Serial(PathBuf),
    /// `tcp://host:port`: a serial device server or a program that listens.
    Tcp {
        /// Name or address; an IPv6 address without its brackets.
        host: String,
        /// TCP port, 1 to 65535.
        port: u16,
    },
    /// `http-push:/path`: the device sends each message to the camera server, under this path.
    HttpPush {
        /// Begins with `/`.
        path: String,
    },
    /// `http-get://host:port/path`: the station asks for this and the camera goes on answering, as
    /// with an alert stream of many parts.
    HttpGet {
        /// `http://…`, without a user in it.
        url: String,
    },
}

impl Address {
    /// Reads the `device` of a port.
    ///
    /// # Errors
    /// In words, when it begins as a network address and is none.
    pub fn parse(device: &Path) -> Result<Self, String> {
        let Some(text) = device.to_str() else {
            return Ok(Self::Serial(device.to_owned()));
        };
        if let Some(rest) = text.strip_prefix(TCP) {
            return tcp(rest).ok_or_else(|| {
                format!(
                    "{text:?} 不是 TCP 地址，应写作 tcp://主机:端口，例如 tcp://192.168.1.50:4001 / is no TCP \
                     address: write tcp://host:port, such as tcp://192.168.1.50:4001"
                )
            });
        }
        if let Some(path) = text.strip_prefix(HTTP_PUSH) {
            return push(path).ok_or_else(|| {
                format!(
                    "{text:?} 应写作 http-push:/路径，只含字母、数字和 - _ . /，例如 http-push:/lane-1 / write \
                     http-push:/path of letters, digits and - _ . /, such as http-push:/lane-1"
                )
            });
        }
        if let Some(rest) = text.strip_prefix(HTTP_GET) {
            return get(rest).ok_or_else(|| {
                format!(
                    "{text:?} 应写作 http-get://主机/路径，用户名与口令另写在 user 和 password_file / write \
                     http-get://host/path, such as \
                     http-get://192.168.1.64/ISAPI/Event/notification/alertStream; name and password stand in \
                     user and password_file"
                )
            });
        }
        match text.split_once("://") {
            Some((scheme, _)) => Err(format!(
                "不支持 {scheme}://；可用设备路径、tcp://主机:端口、http-push:/路径 或 http-get://主机/路径 / \
                 {scheme}:// is not known: use a device path, tcp://host:port, http-push:/path or \
                 http-get://host/path"
            )),
            None => Ok(Self::Serial(device.to_owned())),
        }
    }
}

fn tcp(rest: &str) -> Option<Address> {
    let (host, port) = rest.strip_prefix("//")?.rsplit_once(':')?;
    // Underscores stand in no host name, but in names that people give their devices.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let host = match host.strip_prefix('[') {
        Some(bracketed) => bracketed
            .strip_suffix(']')
            .filter(|host| host.parse::<Ipv6Addr>().is_ok())?,
        None => Some(host).filter(|host| !host.is_empty() && host.bytes().all(is_name))?,
    };
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port = port.parse().ok().filter(|port| digits && *port > 0)?;
    Some(Address::Tcp {
        host: host.to_owned(),
        port,
    })
}

fn push(path: &str) -> Option<Address> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    let sound = path.len() > 1
        && path.len() <= LONGEST_PATH
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(is_plain);
    sound.then(|| Address::HttpPush {
        path: path.to_owned(),
    })
}

fn get(rest: &str) -> Option<Address> {
    let url = reqwest::Url::parse(&format!("http:{rest}")).ok()?;
    let sound = rest.starts_with("//")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    sound.then(|| Address::HttpGet { url: url.into() })
}

/// As the configuration writes it.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(path) => write!(f, "{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
            Self::HttpPush { path } => write!(f, "{HTTP_PUSH}{path}"),
            Self::HttpGet { url } => {
                let rest = url.strip_prefix("http:").unwrap_or(url);
                write!(f, "{HTTP_GET}{rest}")
            }
        }
    }
}

impl Port {
    /// Where its device is.
    ///
    /// # Errors
    /// As [`Address::parse`]; a configuration that was checked has none.
    pub fn address(&self) -> Result<Address, String> {
        Address::parse(&self.device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(device: &str) -> Result<Address, String> {
        Address::parse(Path::new(device))
    }

    #[test]
    fn addresses_are_read_and_written_back() {
        for device in [
            "/dev/serial/by-id/usb-FTDI_wim-1-if00-port0",
            "/dev/pts/3",
            "ttyS0",
            "COM3:",
            "tcp://192.168.1.50:4001",
            "tcp://moxa-1.local:65535",
            "tcp://[fe80::1]:4001",
            "http-push:/lane-1",
            "http-get://192.168.1.64/ISAPI/Event/notification/alertStream",
            "http-get://camera-1:8080/cgi-bin/snapManager.cgi?action=attachFileProc&heartbeat=5",
            "http-push:/cameras/lane_1/plate.cgi",
        ] {
            let address = parse(device).unwrap_or_else(|why| panic!("{device}: {why}"));
            assert_eq!(address.to_string(), device);
            let network = device.starts_with("tcp") || device.starts_with("http");
            assert_eq!(matches!(address, Address::Serial(_)), !network, "{device}");
        }
        let v6 = Address::Tcp {
            host: "::1".to_owned(),
            port: 9,
        };
        assert_eq!(parse("tcp://[::1]:9"), Ok(v6));
    }

    #[test]
    fn what_begins_as_an_address_and_is_none_is_refused() {
        for device in [
            "tcp://192.168.1.50",
            "tcp:192.168.1.50:4001",
            "tcp://192.168.1.50:0",
            "tcp://192.168.1.50:65536",
            "tcp://192.168.1.50:+1",
            "tcp://192.168.1.50:4001/",
            "tcp://user@host:4001",
            "tcp://host name:4001",
            "tcp://:4001",
            "tcp://fe80::1:4001",
            "tcp://[host]:4001",
            "tcp://[::1:4001",
            "http-push:lane-1",
            "http-get:/ISAPI/Event",
            "http-get://user:password@192.168.1.64/ISAPI/Event",
            "http-push:/",
            "http-push:/a?b",
            "http-push://host/lane-1",
            "udp://host:4001",
            "http://192.168.1.64/ISAPI",
        ] {
            let why = parse(device).unwrap_err();
            let example = ["such as", "tcp://host:port"];
            assert!(example.iter().any(|word| why.contains(word)), "{why}");
        }
    }
}
