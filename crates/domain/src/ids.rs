//! Typed ids. All are UUIDv7 (RFC 9562), made from the time of a `Clock` and random bytes given by the caller, or by a client that is offline.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A UUIDv7 of the given moment; `random` fills the bits that are not time.
pub fn uuid_v7(at: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// An id of the given moment; `random` fills the bits that are not time.
            pub fn at(at: DateTime<Utc>, random: [u8; 10]) -> Self {
                Self(uuid_v7(at, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// A case (案件).
    CaseId
);
id!(
    /// A person with an account: staff or citizen.
    PersonId
);
id!(
    /// A post (岗位): a person's role in a region, and a department where the role has one.
    PostId
);
id!(
    /// A photo or clip.
    AttachmentId
);
id!(
    /// A record: one entry of the trace.
    RecordId
);
id!(
    /// An erasure of fields of a case.
    ErasureId
);
