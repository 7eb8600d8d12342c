//! Where a request comes from: the peer of the connection, or, where that is a proxy we were told to trust, the last address before our own proxies. What
//! a client writes into such a header itself stands further left and is not believed.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::app::App;

/// Hops read of a header at most: no chain of proxies is longer, and the rest was written by the client.
const MOST_HOPS: usize = 16;

/// A range of addresses in CIDR notation, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    fn contains(self, other: IpAddr) -> bool {
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                u32::from(own) & mask == u32::from(other) & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                u128::from(own) & mask == u128::from(other) & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || {
            format!("“{text}”不是网段，例如 10.0.0.0/8 或 fd00::/8 that is no network, such as 10.0.0.0/8 or fd00::/8")
        };
        let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
        let address = address.parse::<IpAddr>().map_err(|_| fault())?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse::<u8>).map_err(|_| fault())?;
        if bits > most { Err(fault()) } else { Ok(Self { address, bits }) }
    }
}

/// The header in which our proxies say for whom they ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, as nginx's `$proxy_add_x_forwarded_for` writes it.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies we believe.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    pub trusted: Vec<Network>,
    pub header: ForwardedBy,
}

impl Proxies {
    fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    /// Who asks: from the peer outwards, the first whom we do not trust. A hop that cannot be read ends the walk at the one before.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        if !self.trust(peer) {
            return client;
        }
        for hop in hops(headers, self.header).into_iter().rev().take(MOST_HOPS) {
            let Some(address) = hop else { break };
            client = address;
            if !self.trust(address) {
                break;
            }
        }
        client
    }
}

/// The hops that a header names, from the farthest to the nearest; `None` for what is no address.
fn hops(headers: &HeaderMap, header: ForwardedBy) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardedBy::XForwardedFor => "x-forwarded-for",
        ForwardedBy::Forwarded => "forwarded",
    };
    let lines = headers.get_all(name).iter().map(|v| v.to_str().unwrap_or("?"));
    let parts = lines.flat_map(|line| line.split(','));
    match header {
        ForwardedBy::XForwardedFor => parts.map(address).collect(),
        ForwardedBy::Forwarded => parts.map(forwarded_for).collect(),
    }
}

fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    named.next_back().and_then(|value| address(value.trim().trim_matches('"')))
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|t| t.split_once(']')).map_or(text, |(inner, _)| inner);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|s| s.ip())).map(|ip: IpAddr| ip.to_canonical())
}

/// The client's address, where the server was told it.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// Of a request's parts.
    pub fn of(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Self(peer.map(|peer| app.config().proxies.client(peer, headers)))
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(app, &parts.extensions, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], header: ForwardedBy, peer: &str, lines: &[&str]) -> String {
        let proxies = Proxies { trusted: trusted.iter().map(|t| t.parse().unwrap()).collect(), header };
        let mut headers = HeaderMap::new();
        for line in lines {
            let name = if header == ForwardedBy::Forwarded { "forwarded" } else { "x-forwarded-for" };
            headers.append(name, line.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_our_proxies_are_believed() {
        let x = ForwardedBy::XForwardedFor;
        let ours = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];
        for (trusted, peer, lines, wanted) in [
            (&[][..], "127.0.0.1", &["203.0.113.9"][..], "127.0.0.1"),
            (&ours, "203.0.113.9", &["192.0.2.1"], "203.0.113.9"),
            (&ours, "127.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            (&ours, "127.0.0.1", &["192.0.2.66, 203.0.113.9"], "203.0.113.9"),
            (&ours, "127.0.0.1", &["127.0.0.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9"),
            (&ours, "127.0.0.1", &["192.0.2.66", "203.0.113.9"], "203.0.113.9"),
            (&ours, "127.0.0.1", &["203.0.113.9, nonsense"], "127.0.0.1"),
            (&ours, "127.0.0.1", &["203.0.113.9, 10.1.2.3, unknown, 10.9.9.9"], "10.9.9.9"),
            (&ours, "127.0.0.1", &["203.0.113.9:4711"], "203.0.113.9"),
            (&ours, "::ffff:127.0.0.1", &["[2001:db8::1]:443"], "2001:db8::1"),
            (&ours, "fd12::1", &["2001:db8::1"], "2001:db8::1"),
            (&ours, "127.0.0.1", &[], "127.0.0.1"),
        ] {
            assert_eq!(client(trusted, x, peer, lines), wanted, "{peer} {lines:?}");
        }
    }

    #[test]
    fn the_standard_header() {
        let f = ForwardedBy::Forwarded;
        for (lines, wanted) in [
            (&["for=203.0.113.9;proto=https"][..], "203.0.113.9"),
            (&["for=192.0.2.1, For=\"[2001:db8::1]:443\""], "2001:db8::1"),
            (&["for=203.0.113.9", "for=10.0.0.1"], "203.0.113.9"),
            (&["for=203.0.113.9, for=_hidden"], "127.0.0.1"),
        ] {
            assert_eq!(client(&["127.0.0.1", "10.0.0.0/8"], f, "127.0.0.1", lines), wanted, "{lines:?}");
        }
    }

    #[test]
    fn networks_are_read_or_refused() {
        for sound in ["10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "::/0", "fd00::/8", " 10.0.0.1 "] {
            assert!(sound.parse::<Network>().is_ok(), "{sound}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "proxy.example"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
