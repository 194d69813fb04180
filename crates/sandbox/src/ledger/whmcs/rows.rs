//! One client's rows of a table, or everybody's, read without copying and only as far as a page needs.

use std::collections::{BTreeMap, HashMap};

/// The rows of one client, or of everybody, by id.
pub fn rows_of<'a, T>(
    table: &'a BTreeMap<u64, T>,
    index: &'a HashMap<u64, Vec<u64>>,
    client_id: Option<u64>,
) -> Rows<'a, T> {
    let ids = client_id.map(|id| index.get(&id).map_or(&[][..], Vec::as_slice));
    Rows { table, ids }
}

/// Up to so many strangers' rows for each of one's own, walking the table is quicker than looking each row up.
const DENSE: usize = 8;

/// The rows with the wanted ids, both in the same order. A wanted row that is gone is passed over.
fn pick<'a, T: 'a>(
    rows: impl Iterator<Item = (&'a u64, &'a T)>,
    wanted: impl Iterator<Item = &'a u64>,
    descending: bool,
) -> impl Iterator<Item = &'a T> {
    let mut rows = rows.peekable();
    wanted.filter_map(move |id| {
        while let Some((key, row)) = rows.peek().copied() {
            let passed = if descending { key < id } else { key > id };
            if passed {
                return None;
            }
            rows.next();
            if key == id {
                return Some(row);
            }
        }
        None
    })
}

/// Rows by id, not yet looked up.
#[derive(Debug)]
pub struct Rows<'a, T> {
    table: &'a BTreeMap<u64, T>,
    ids: Option<&'a [u64]>,
}

impl<'a, T> Rows<'a, T> {
    pub fn len(&self) -> usize {
        self.ids.map_or(self.table.len(), <[u64]>::len)
    }

    /// Row after row, backwards when `newest_first`.
    pub fn iter(&self, newest_first: bool) -> Box<dyn Iterator<Item = &'a T> + 'a> {
        let table = self.table;
        let Some(ids) = self.ids else {
            return if newest_first { Box::new(table.values().rev()) } else { Box::new(table.values()) };
        };
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return Box::new(std::iter::empty());
        };
        let span = usize::try_from(last.saturating_sub(*first)).unwrap_or(usize::MAX);
        if span / DENSE < ids.len() {
            let range = table.range(*first..=*last);
            return if newest_first {
                Box::new(pick(range.rev(), ids.iter().rev(), true))
            } else {
                Box::new(pick(range, ids.iter(), false))
            };
        }
        if newest_first {
            Box::new(ids.iter().rev().filter_map(|id| table.get(id)))
        } else {
            Box::new(ids.iter().filter_map(|id| table.get(id)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use proptest::prelude::*;

    use super::rows_of;

    proptest! {
        #[test]
        fn both_ways_of_reading_give_the_same(own in prop::collection::btree_set(1..400_u64, 0..40), gone in 1..400_u64) {
            let mut table: BTreeMap<u64, u64> = (1..400).map(|id| (id, id)).collect();
            table.remove(&gone);
            let index = HashMap::from([(1, own.iter().copied().collect::<Vec<_>>())]);
            let expected: Vec<u64> = own.iter().copied().filter(|id| *id != gone).collect();
            let rows = rows_of(&table, &index, Some(1));
            prop_assert_eq!(rows.iter(false).copied().collect::<Vec<_>>(), expected.clone());
            let backwards: Vec<u64> = expected.into_iter().rev().collect();
            prop_assert_eq!(rows.iter(true).copied().collect::<Vec<_>>(), backwards);
            prop_assert_eq!(rows_of(&table, &index, None).iter(false).count(), 398);
        }
    }
}
