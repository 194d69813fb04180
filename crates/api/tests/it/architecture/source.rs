//! Reads Rust sources as far as the rules about imports need it: comments, texts and test modules are blanked, then every path that is left
//! is found and written out from the root of its crate.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A source file, named by its path from the root.
pub struct Source {
    pub place: String,
    pub text: String,
}

/// Every source file under a directory of the repository.
pub fn sources(directory: &str) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut waiting = vec![root.join(directory)];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let place = path.strip_prefix(&root).unwrap().display().to_string();
                found.push(Source { place, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    assert!(!found.is_empty(), "no sources under {directory}");
    found
}

/// A text cut into code, comments and literals.
fn pieces(text: &str) -> Vec<(Piece, &str)> {
    let mut pieces = Vec::new();
    let (mut code, mut at) = (0, 0);
    while let Some(first) = text[at..].chars().next() {
        let after_name = text[code..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let Some(length) = literal(&text[at..], after_name) else {
            at += first.len_utf8();
            continue;
        };
        let kind = if first == '/' { Piece::Comment } else { Piece::Literal };
        pieces.push((Piece::Code, &text[code..at]));
        pieces.push((kind, &text[at..at + length]));
        at += length;
        code = at;
    }
    pieces.push((Piece::Code, &text[code..]));
    pieces
}

#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Code,
    Comment,
    Literal,
}

/// The text with comments and literals turned into spaces; lines stay where they are.
fn blanked(text: &str) -> String {
    let blank =
        |piece: &str| -> String { piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect() };
    pieces(text)
        .into_iter()
        .map(|(kind, piece)| if kind == Piece::Code { piece.to_owned() } else { blank(piece) })
        .collect()
}

/// The literals of a file, its test module left out.
pub fn literals(text: &str) -> Vec<&str> {
    let code = text.find("#[cfg(test)]").map_or(text, |tests| &text[..tests]);
    pieces(code).into_iter().filter(|(kind, _)| *kind == Piece::Literal).map(|(_, piece)| piece).collect()
}

/// The length of the comment or literal at the beginning of `rest`, if there is one.
fn literal(rest: &str, after_name: bool) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    let prefix = if after_name {
        0
    } else {
        rest.bytes().take_while(|byte| matches!(byte, b'b' | b'c' | b'r')).count()
    };
    let quoted = &rest[prefix..];
    let hashes = quoted.bytes().take_while(|byte| *byte == b'#').count();
    if rest[..prefix].ends_with('r') && quoted[hashes..].starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let body = &quoted[hashes + 1..];
        return Some(prefix + hashes + 1 + body.find(&end).map_or(body.len(), |at| at + end.len()));
    }
    if quoted.starts_with('"') {
        return Some(prefix + closing(quoted, '"'));
    }
    // A lifetime has no closing quote after one character.
    let mut inside = rest.strip_prefix('\'')?.chars();
    let is_character = match inside.next()? {
        '\\' => true,
        _ => inside.next() == Some('\''),
    };
    is_character.then(|| closing(rest, '\''))
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

fn closing(quoted: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in quoted.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    quoted.len()
}

/// Blanked text without its test modules.
fn without_tests(blanked: &str) -> String {
    let mut text = blanked.to_owned();
    while let Some(at) = text.find("#[cfg(test)]") {
        let mut depth = 0_u32;
        let mut end = text.len();
        for (offset, c) in text[at..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(c, '}' | ';') {
                end = at + offset + 1;
                break;
            }
        }
        let spaces: String = text[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        text.replace_range(at..end, &spaces);
    }
    text
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Colons,
    Other(char),
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\n' => line += 1,
            ':' if characters.peek() == Some(&':') => {
                characters.next();
                tokens.push((line, Token::Colons));
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut name = String::from(c);
                while let Some(c) = characters.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                tokens.push((line, Token::Name(name)));
            }
            c if c.is_whitespace() => {}
            c => tokens.push((line, Token::Other(c))),
        }
    }
    tokens
}

/// The module that a file is, as names from the root of its crate: `…/src/http/body.rs` is `["http", "body"]`.
fn module(place: &str) -> Vec<String> {
    let inside = place.split_once("/src/").map_or(place, |(_, inside)| inside);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut names: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

/// Every path that the code of a file names, with its line: imports, each by itself, and paths in the code. Test modules are left out.
pub fn paths(place: &str, text: &str) -> Vec<(usize, String)> {
    let tokens = tokens(&without_tests(&blanked(text)));
    let module = module(place);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (line, token) = &tokens[at];
        at += 1;
        let Token::Name(name) = token else { continue };
        if name == "use" {
            at = tree(&tokens, at, &[], &mut found);
            continue;
        }
        let mut path = vec![name.clone()];
        while let (Some((_, Token::Colons)), Some((_, Token::Name(next)))) =
            (tokens.get(at), tokens.get(at + 1))
        {
            path.push(next.clone());
            at += 2;
        }
        if path.len() > 1 {
            found.push((*line, path));
        }
    }
    found.into_iter().map(|(line, path)| (line, absolute(&path, &module))).collect()
}

/// Reads a tree of imports from `at`; gives where it ends.
fn tree(
    tokens: &[(usize, Token)],
    mut at: usize,
    before: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = before.to_vec();
    let mut line = tokens.get(at).map_or(0, |(line, _)| *line);
    let mut is_open = true;
    while let Some((here, token)) = tokens.get(at) {
        match token {
            Token::Name(name) if name == "as" => at += 1,
            Token::Name(name) => {
                path.push(name.clone());
                line = *here;
            }
            Token::Other('*') => path.push("*".to_owned()),
            Token::Other('{') => {
                at = tree(tokens, at + 1, &path, found);
                is_open = false;
                continue;
            }
            Token::Other(end @ (',' | ';' | '}')) => {
                if is_open && path.len() > before.len() {
                    found.push((line, path.clone()));
                }
                at += 1;
                if *end != ',' {
                    return at;
                }
                path.truncate(before.len());
                is_open = true;
                continue;
            }
            Token::Colons | Token::Other(_) => {}
        }
        at += 1;
    }
    at
}

fn absolute(path: &[String], module: &[String]) -> String {
    let mut base: Option<Vec<String>> = None;
    let mut rest = path;
    while let Some((first, tail)) = rest.split_first() {
        match (first.as_str(), &mut base) {
            ("crate", None) => base = Some(Vec::new()),
            ("self", None) => base = Some(module.to_vec()),
            ("super", None) => base = Some(module[..module.len().saturating_sub(1)].to_vec()),
            ("super", Some(base)) => drop(base.pop()),
            _ => break,
        }
        rest = tail;
    }
    let mut names = Vec::new();
    if let Some(base) = base {
        names.push("crate".to_owned());
        names.extend(base);
    }
    // `use a::{self}` names `a`.
    names.extend(rest.iter().filter(|name| *name != "self").cloned());
    names.join("::")
}
