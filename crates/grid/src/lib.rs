//! Geometry for grids (网格), without I/O: which grid a point falls in, conversions between the coordinate systems in
//! use in China, the checks an imported grid file must pass, and schematic grids for places that have none yet.
//!
//! Units: coordinates are degrees of longitude and latitude in WGS-84/CGCS2000 unless a [`Crs`] says otherwise,
//! lengths are metres, areas square metres.

pub mod crs;
pub mod demo;
pub mod import;

pub mod index;
pub mod shape;

pub use crs::{Crs, LonLat};
pub use index::GridIndex;
pub use shape::GridShape;
