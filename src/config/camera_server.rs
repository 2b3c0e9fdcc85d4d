//! The server that plate cameras push to, and which ports it serves.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{Address, Config, Port};
use crate::lane::PortRole;

/// The setting of protocols without a check of their own.
const GUARDED: &str = "guarded";

/// The server that plate cameras push to.
///
/// It asks nobody for a password: a camera is known by its address, so its network must be one that
/// only the station's devices are on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraServer {
    /// Address and port on the cameras' network.
    pub listen: SocketAddr,
}

impl Config {
    /// Whether the ports that are pushed to and the server fit together; the key that does not, and
    /// why.
    pub(super) fn check_pushes(&self) -> Result<(), (String, String)> {
        if let Some(server) = &self.camera_server
            && meet(server.listen, self.api.listen)
        {
            let why = format!(
                "与 api.listen = {} 相同，请换一个端口 / is where the API listens: choose another port",
                self.api.listen
            );
            return Err(("camera_server.listen".to_owned(), why));
        }
        let mut paths = BTreeSet::new();
        for port in &self.ports {
            let wrong = |field: &str, why: &str| {
                let key = format!("port {}.{field}", port.name);
                Err((key, why.to_owned()))
            };
            let Ok(Address::HttpPush { path }) = port.address() else {
                if port.peers.is_empty() {
                    continue;
                }
                return wrong(
                    "peers",
                    "仅用于 device = \"http-push:/路径\" / only for device = \"http-push:/path\"",
                );
            };
            if port.role != PortRole::Plate {
                return wrong(
                    "role",
                    "http-push 仅用于 role = \"plate\" / http-push serves role = \"plate\" only",
                );
            }
            if port.peers.is_empty() {
                return wrong(
                    "peers",
                    "请列出允许推送的相机地址，例如 peers = [\"192.168.1.64\"] / list the addresses that may \
                     push, such as peers = [\"192.168.1.64\"]",
                );
            }
            if self.camera_server.is_none() {
                return wrong(
                    "device",
                    "缺少 [camera_server] listen = \"地址:端口\" / there is no [camera_server] with \
                     listen = \"address:port\"",
                );
            }
            if !paths.insert(path) {
                return wrong(
                    "device",
                    "路径重复，每台相机须有自己的路径 / another port has this path: each camera has its own",
                );
            }
        }
        Ok(())
    }
}

/// Whether two servers can't both listen there.
fn meet(one: SocketAddr, other: SocketAddr) -> bool {
    // Port 0 is any free one.
    let same_port = one.port() == other.port() && one.port() != 0;
    let (one, other) = (one.ip(), other.ip());
    same_port && (one == other || one.is_unspecified() || other.is_unspecified())
}

impl Port {
    /// The path that its camera pushes to, `None` for a port that is opened.
    pub fn push_path(&self) -> Option<String> {
        match self.address() {
            Ok(Address::HttpPush { path }) => Some(path),
            _ => None,
        }
    }

    /// A message that is pushed was compared with its announced length, and TCP has a sum in every
    /// segment: where the protocol asks whether its transport guards it, this one does, unless the
    /// configuration says otherwise.
    pub(super) fn guarded_by_push(&self) -> Option<(&'static str, &'static str)> {
        let protocol = firmware_protocols::registry::find(&self.protocol).ok()?;
        let asks = protocol
            .settings
            .iter()
            .any(|setting| setting.key == GUARDED);
        let said = self.settings.contains_key(GUARDED);
        (asks && !said && self.push_path().is_some()).then_some((GUARDED, "yes"))
    }
}
