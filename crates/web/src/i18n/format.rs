//! Dates and money in the manner of the browser's locale.
//!
//! Amounts are handed to the browser as the decimal text they came in, with as many decimals: nothing is rounded or computed.

use std::cell::RefCell;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use leptos::prelude::window;
use shared_types::{money::Money, wire::day_text};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::{Array, Date, Function, Intl, Object, Reflect};

thread_local! {
    /// Formatters are dear to make and there are few of them.
    static NUMBERS: RefCell<Known<MoneyStyle, Option<Function>>> = const { RefCell::new(Vec::new()) };
    static DATES: RefCell<Known<DateStyle, Function>> = const { RefCell::new(Vec::new()) };
}

type Known<Style, Formatter> = Vec<(Style, Formatter)>;

/// The formatter of a style, made if it is new.
fn known<Style: PartialEq, Formatter: Clone>(
    known: &mut Known<Style, Formatter>,
    style: Style,
    make: impl FnOnce(&Style) -> Formatter,
) -> Formatter {
    if let Some((_, formatter)) = known.iter().find(|(other, _)| *other == style) {
        return formatter.clone();
    }
    let formatter = make(&style);
    known.push((style, formatter.clone()));
    formatter
}

/// How amounts of one currency are written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MoneyStyle {
    /// The code, if it has the form of ISO 4217: the browser refuses others.
    currency: Option<String>,
    decimals: usize,
}

fn money_style(money: &Money) -> MoneyStyle {
    let code = money.currency().as_str();
    let well_formed = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let decimals = money.amount().split_once('.').map_or(0, |(_, fraction)| fraction.len());
    MoneyStyle { currency: well_formed.then(|| code.to_owned()), decimals }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DateStyle {
    Day,
    Moment,
    Time,
}

/// An amount, such as `$15.95`.
pub fn money(money: &Money) -> String {
    let style = money_style(money);
    let plain = || format!("{} {}", money.amount(), money.currency());
    let formatter = NUMBERS.with_borrow_mut(|formatters| known(formatters, style, number_format));
    let Some(formatter) = formatter else { return plain() };
    formatter
        .call1(&JsValue::UNDEFINED, &JsValue::from_str(&money.amount()))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(plain)
}

fn number_format(style: &MoneyStyle) -> Option<Function> {
    let currency = style.currency.as_deref()?;
    let decimals = u32::try_from(style.decimals).ok()?;
    let options = options(&[
        ("style", "currency".into()),
        ("currency", currency.into()),
        ("minimumFractionDigits", decimals.into()),
        ("maximumFractionDigits", decimals.into()),
    ]);
    Some(Intl::NumberFormat::new(&Array::new(), &options).format())
}

/// A country by its name in the browser's language; the code where the browser knows none.
pub fn country(code: &str) -> String {
    let name = || {
        let intl = Reflect::get(&window(), &"Intl".into()).ok()?;
        let class: Function = Reflect::get(&intl, &"DisplayNames".into()).ok()?.dyn_into().ok()?;
        let arguments = Array::of2(&Array::new(), &options(&[("type", "region".into())]));
        let names = Reflect::construct(&class, &arguments).ok()?;
        let of: Function = Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
        of.call1(&names, &code.into()).ok()?.as_string()
    };
    name().unwrap_or_else(|| code.to_owned())
}

/// A day, such as `Mar 4, 2026`. Days have no time and no time zone.
pub fn day(day: NaiveDate) -> String {
    let milliseconds = f64::from(days_since_1970(day)) * 86_400_000.0;
    date(DateStyle::Day, milliseconds).unwrap_or_else(|| day_text(day))
}

/// A moment in the browser's time zone: the time alone if it is today.
pub fn moment(moment: DateTime<Utc>) -> String {
    let style = if local_day(&js_date(moment)) == today() { DateStyle::Time } else { DateStyle::Moment };
    date(style, milliseconds(moment)).unwrap_or_else(|| day_text(moment.date_naive()))
}

/// The day of a moment in the browser's time zone.
pub fn day_of(moment: DateTime<Utc>) -> String {
    local_day(&js_date(moment)).map_or_else(|| day_text(moment.date_naive()), day)
}

/// How far a day is from today, such as `in 3 days` or `yesterday`.
pub fn relative_day(day: NaiveDate) -> Option<String> {
    let days = day.signed_duration_since(today()?).num_days();
    let (amount, unit) = distance(days);
    let formatter = Intl::RelativeTimeFormat::new(&Array::new(), &options(&[("numeric", "auto".into())]));
    formatter.format(f64::from(amount), unit).as_string()
}

/// The unit in which people speak of a distance in days.
fn distance(days: i64) -> (i32, &'static str) {
    let (amount, unit) = match days.abs() {
        0..=44 => (days, "day"),
        45..=364 => (days / 30, "month"),
        _ => (days / 365, "year"),
    };
    (i32::try_from(amount).unwrap_or(i32::MAX), unit)
}

/// Today by the browser's clock and time zone.
fn today() -> Option<NaiveDate> {
    local_day(&Date::new_0())
}

fn local_day(date: &Date) -> Option<NaiveDate> {
    let year = i32::try_from(date.get_full_year()).ok()?;
    NaiveDate::from_ymd_opt(year, date.get_month() + 1, date.get_date())
}

fn js_date(moment: DateTime<Utc>) -> Date {
    Date::new(&JsValue::from_f64(milliseconds(moment)))
}

fn milliseconds(moment: DateTime<Utc>) -> f64 {
    let days = f64::from(days_since_1970(moment.date_naive()));
    let time = moment.time();
    let seconds = chrono::Timelike::num_seconds_from_midnight(&time);
    days * 86_400_000.0 + f64::from(seconds) * 1_000.0
}

fn days_since_1970(day: NaiveDate) -> i32 {
    // 1970-01-01 is day 719,163 of the common era.
    day.num_days_from_ce() - 719_163
}

fn date(style: DateStyle, milliseconds: f64) -> Option<String> {
    let formatter = DATES.with_borrow_mut(|formatters| known(formatters, style, |style| date_format(*style)));
    let date = Date::new(&JsValue::from_f64(milliseconds));
    formatter.call1(&JsValue::UNDEFINED, &date).ok()?.as_string()
}

fn date_format(style: DateStyle) -> Function {
    let options = match style {
        DateStyle::Day => options(&[("dateStyle", "medium".into()), ("timeZone", "UTC".into())]),
        DateStyle::Moment => options(&[("dateStyle", "medium".into()), ("timeStyle", "short".into())]),
        DateStyle::Time => options(&[("timeStyle", "short".into())]),
    };
    Intl::DateTimeFormat::new(&Array::new(), &options).format()
}

fn options(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // Setting a property of a plain object does not fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

#[cfg(test)]
mod tests {
    use shared_types::money::CurrencyCode;

    use super::*;

    fn style(amount: &str, currency: &str) -> MoneyStyle {
        money_style(&Money::parse(amount, CurrencyCode::new(currency).unwrap()).unwrap())
    }

    #[test]
    fn amounts_keep_their_decimals() {
        assert_eq!(style("15.90", "EUR").decimals, 2);
        assert_eq!(style("1500", "JPY").decimals, 0);
        assert_eq!(style("0.1250", "USD").decimals, 4);
    }

    #[test]
    fn only_codes_of_iso_form_reach_the_browser() {
        assert_eq!(style("1.00", "eur").currency.as_deref(), Some("EUR"));
        assert_eq!(style("1.00", "USDT").currency, None);
        assert_eq!(style("1.00", "C3O").currency, None);
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(days_since_1970(NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()), 0);
        assert_eq!(days_since_1970(NaiveDate::from_ymd_opt(2026, 3, 4).unwrap()), 20_516);
    }

    #[test]
    fn distances_are_said_in_the_unit_that_fits() {
        assert_eq!(distance(0), (0, "day"));
        assert_eq!(distance(-12), (-12, "day"));
        assert_eq!(distance(90), (3, "month"));
        assert_eq!(distance(-800), (-2, "year"));
    }
}
