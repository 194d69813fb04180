//! Statements back to text, in one canonical form.

use std::fmt::{Display, Formatter, Result};

use super::{Condition, Function, Glob, Item, Literal, Name, Operator, Order, Query};

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.text)
    }
}

fn list<T: Display>(f: &mut Formatter<'_>, items: &[T], between: &str) -> Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("SELECT ")?;
        list(f, &self.select, ", ")?;
        write!(f, " FROM {}", self.from)?;
        if let Some(alias) = &self.alias {
            write!(f, " {alias}")?;
        }
        if let Some(filter) = &self.filter {
            write!(f, " WHERE {filter}")?;
        }
        if !self.group.is_empty() {
            f.write_str(" GROUP BY ")?;
            list(f, &self.group, ", ")?;
        }
        if !self.order.is_empty() {
            f.write_str(" ORDER BY ")?;
            list(f, &self.order, ", ")?;
        }
        if let Some(limit) = self.limit {
            write!(f, " LIMIT {limit}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " OFFSET {offset}")?;
        }
        Ok(())
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Field(name) => write!(f, "{name}"),
            Self::CountAll => f.write_str("COUNT()"),
            Self::Aggregate { function, name, alias } => {
                write!(f, "{}({name})", function.keyword())?;
                alias.as_ref().map_or(Ok(()), |alias| write!(f, " {alias}"))
            }
            Self::Children(query) => write!(f, "({query})"),
        }
    }
}

impl Function {
    pub(super) const ALL: [Self; 6] =
        [Self::Count, Self::CountDistinct, Self::Min, Self::Max, Self::Sum, Self::Avg];

    pub(super) fn keyword(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::CountDistinct => "COUNT_DISTINCT",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Sum => "SUM",
            Self::Avg => "AVG",
        }
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let nulls = if self.nulls_last { "LAST" } else { "FIRST" };
        write!(f, "{} {direction} NULLS {nulls}", self.name)
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let negation = |negated: bool| if negated { "NOT " } else { "" };
        match self {
            Self::And(parts) | Self::Or(parts) => {
                let between = if matches!(self, Self::And(_)) { " AND " } else { " OR " };
                f.write_str("(")?;
                list(f, parts, between)?;
                f.write_str(")")
            }
            Self::Not(inner) => write!(f, "(NOT {inner})"),
            Self::Compare { name, operator, value } => write!(f, "{name} {} {value}", operator.sign()),
            Self::Like { name, pattern } => {
                write!(f, "{name} LIKE '")?;
                for piece in pattern {
                    match piece {
                        Glob::Any => f.write_str("%")?,
                        Glob::One => f.write_str("_")?,
                        Glob::Exactly(wild @ ('%' | '_')) => write!(f, "\\{wild}")?,
                        Glob::Exactly(plain) => escaped(f, *plain)?,
                    }
                }
                f.write_str("'")
            }
            Self::In { name, negated, values } => {
                write!(f, "{name} {}IN (", negation(*negated))?;
                list(f, values, ", ")?;
                f.write_str(")")
            }
            Self::Join { name, negated, query } => write!(f, "{name} {}IN ({query})", negation(*negated)),
        }
    }
}

impl Operator {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

fn escaped(f: &mut Formatter<'_>, character: char) -> Result {
    match character {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\u{8}' => f.write_str("\\b"),
        '\u{c}' => f.write_str("\\f"),
        '\'' | '\\' | '"' => write!(f, "\\{character}"),
        plain => write!(f, "{plain}"),
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean(flag) => f.write_str(if *flag { "TRUE" } else { "FALSE" }),
            Self::Text(text) => {
                f.write_str("'")?;
                text.chars().try_for_each(|character| escaped(f, character))?;
                f.write_str("'")
            }
            Self::Number(text) => f.write_str(text),
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::DateTime(moment) => write!(f, "{}", moment.format("%Y-%m-%dT%H:%M:%S%.f%:z")),
            Self::Relative(name, None) => f.write_str(name),
            Self::Relative(name, Some(number)) => write!(f, "{name}:{number}"),
        }
    }
}
