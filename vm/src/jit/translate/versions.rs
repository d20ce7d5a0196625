//! What memory was last changed on the way to where the code is.
//!
//! Each change gives the memory a new version. What was loaded is kept with the version that it read, so it holds as long as
//! the memory has it. Whether a place holds *a number* has a version of its own: it stays when another number is stored.

use super::emit::Region;
use super::memo::HALF;
use std::collections::BTreeMap;

/// A place in memory: a region and an offset in it, from whatever address; of variables' cells also which one, if that is
/// known.
pub(super) type Spot = (Region, i32, Variable);

/// A variable of the compiled function that is in a cell of its own; 0 is any.
pub(super) type Variable = u32;

/// The versions of memory at some point: later ones are larger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ages {
    regions: [u32; Region::COUNT],
    /// Places that have changed since their regions did as a whole.
    places: BTreeMap<Spot, u32>,
}

impl Ages {
    /// That of a place.
    pub(super) fn of(&self, spot: Spot) -> u32 {
        let own = self.places.get(&spot).copied().unwrap_or_default();
        own.max(self.regions[spot.0 as usize])
    }

    fn touch(&mut self, (region, offset, variable): Spot, version: u32) {
        if region == Region::Held && variable == 0 {
            // It may be any variable's.
            self.regions[region as usize] = version;
        }
        // Half words are looked at, too.
        for offset in [offset, offset + HALF] {
            self.places.insert((region, offset, variable), version);
            self.places.insert((region, offset, 0), version);
        }
    }
}

/// Both: of what memory holds, and of whether that is a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::jit) struct Versions {
    pub(super) values: Ages,
    pub(super) numbers: Ages,
}

/// What memory a loop changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Touched {
    regions: [bool; Region::COUNT],
    places: Vec<Spot>,
}

impl Touched {
    fn add(&mut self, head: &Ages, end: &Ages) {
        for (at, own) in self.regions.iter_mut().enumerate() {
            *own |= head.regions[at] != end.regions[at];
        }
        for place in end.places.keys() {
            if head.of(*place) != end.of(*place) && !self.regions[place.0 as usize] && !self.places.contains(place) {
                self.places.push(*place);
            }
        }
    }
}

/// What memory a loop changes, and where it puts what may be no number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    values: Touched,
    numbers: Touched,
}

impl Changes {
    /// Adds what differs at the end of a turn from what was at its beginning; whether anything was added.
    pub(super) fn add(&mut self, head: &Versions, end: &Versions) -> bool {
        let before = self.clone();
        self.values.add(&head.values, &end.values);
        self.numbers.add(&head.numbers, &end.numbers);
        *self != before
    }
}

/// Gives versions.
#[derive(Default)]
pub(super) struct Clock {
    last: u32,
}

impl Clock {
    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// Memory of these regions may have changed, if it can.
    pub(super) fn touch_regions(&mut self, versions: &mut Versions, regions: &[Region]) {
        let version = self.next();
        for region in regions.iter().filter(|region| **region != Region::Fixed) {
            versions.values.regions[*region as usize] = version;
            versions.numbers.regions[*region as usize] = version;
        }
    }

    /// Something was stored in a place, which is a number or may be none.
    pub(super) fn touch(&mut self, versions: &mut Versions, spot: Spot, is_number: bool) {
        let version = self.next();
        versions.values.touch(spot, version);
        if !is_number {
            versions.numbers.touch(spot, version);
        }
    }

    /// The versions where ways meet that bring these.
    pub(super) fn joined(&mut self, all: &[Versions]) -> Versions {
        let values: Vec<&Ages> = all.iter().map(|versions| &versions.values).collect();
        let numbers: Vec<&Ages> = all.iter().map(|versions| &versions.numbers).collect();
        Versions { values: self.joined_ages(&values), numbers: self.joined_ages(&numbers) }
    }

    fn joined_ages(&mut self, all: &[&Ages]) -> Ages {
        let Some((first, others)) = all.split_first() else { return Ages::default() };
        let mut joined = (*first).clone();
        if others.iter().all(|other| other == first) {
            return joined;
        }
        for other in others {
            for (own, other) in joined.regions.iter_mut().zip(other.regions) {
                if *own != other {
                    *own = self.next();
                }
            }
        }
        for place in all.iter().flat_map(|ages| ages.places.keys().copied()) {
            let own = first.of(place);
            let same = others.iter().all(|other| other.of(place) == own);
            let own = if same { own } else { self.next() };
            joined.places.insert(place, own);
        }
        joined
    }

    /// The versions at the head of a loop that changes this.
    pub(super) fn changed(&mut self, before: &Versions, changes: &Changes) -> Versions {
        Versions {
            values: self.changed_ages(&before.values, &changes.values),
            numbers: self.changed_ages(&before.numbers, &changes.numbers),
        }
    }

    fn changed_ages(&mut self, before: &Ages, touched: &Touched) -> Ages {
        let mut after = before.clone();
        for (own, changes) in after.regions.iter_mut().zip(touched.regions) {
            if changes {
                *own = self.next();
            }
        }
        for place in &touched.places {
            after.places.insert(*place, self.next());
        }
        after
    }
}
