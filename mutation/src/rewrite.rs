//! The rewriting of one file, by text: what is not a comparison stays to the letter.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Expr, ExprBinary, ExprMethodCall, ItemConst, Local, Signature};

/// A file that asks which change is made.
pub struct Rewritten {
    pub text: String,
    /// Comparisons that could not be changed.
    pub refused: Vec<String>,
}

/// Rewrites the text of the file `name`; its changes are numbered on from those in `changes`.
pub fn file(text: &str, name: &str, changes: &mut Vec<String>) -> syn::Result<Rewritten> {
    let parsed = syn::parse_file(text)?;
    let mut rewriter = Rewriter {
        text,
        name,
        changes,
        edits: Vec::new(),
        refused: Vec::new(),
        within: Vec::new(),
        ranges: BTreeSet::new(),
        constant: 0,
    };
    rewriter.visit_file(&parsed);
    let text = rewriter.applied(0..text.len(), &rewriter.edits);
    let refused = rewriter.refused;
    Ok(Rewritten { text, refused })
}

/// What stands in a place of the text instead of what is there.
struct Edit {
    place: Range<usize>,
    instead: String,
}

struct Rewriter<'a> {
    text: &'a str,
    name: &'a str,
    changes: &'a mut Vec<String>,
    /// Of the expression that is being looked through, in the order of the text.
    edits: Vec<Edit>,
    refused: Vec<String>,
    /// The functions around, the innermost last.
    within: Vec<String>,
    /// Names of ranges that are compared with.
    ranges: BTreeSet<String>,
    /// How deep in constants, where nothing can be asked.
    constant: usize,
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

/// What a comparison is changed to.
fn others(operator: &BinOp) -> Option<(&'static str, &'static [&'static str])> {
    Some(match operator {
        BinOp::Lt(_) => ("<", &["<=", "==", ">"]),
        BinOp::Le(_) => ("<=", &["<", "==", ">"]),
        BinOp::Gt(_) => (">", &[">=", "==", "<"]),
        BinOp::Ge(_) => (">=", &[">", "==", "<"]),
        BinOp::Eq(_) => ("==", &["!="]),
        BinOp::Ne(_) => ("!=", &["=="]),
        _ => return None,
    })
}

/// Whether tokens that nothing parses hold a comparison.
fn compares(tokens: TokenStream) -> bool {
    let mut previous = None;
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => compares(group.stream()),
        TokenTree::Punct(punct) => {
            let pair = (previous.replace(punct.as_char()), punct.as_char());
            matches!(pair, (Some('=' | '!' | '<' | '>'), '='))
        }
        _ => {
            previous = None;
            false
        }
    })
}

impl Rewriter<'_> {
    fn applied(&self, place: Range<usize>, edits: &[Edit]) -> String {
        let mut text = String::new();
        let mut at = place.start;
        for edit in edits {
            text.push_str(&self.text[at..edit.place.start]);
            text.push_str(&edit.instead);
            at = edit.place.end;
        }
        text + &self.text[at..place.end]
    }

    /// The text of an expression with what is rewritten inside it.
    fn rewritten(&mut self, expression: &Expr) -> String {
        let outer = std::mem::take(&mut self.edits);
        self.visit_expr(expression);
        let inner = std::mem::replace(&mut self.edits, outer);
        self.applied(expression.span().byte_range(), &inner)
    }

    fn edit(&mut self, place: Range<usize>, instead: String) {
        self.edits.push(Edit { place, instead });
    }

    fn place(&self, at: proc_macro2::Span) -> String {
        let start = at.start();
        format!("{}:{}:{}", self.name, start.line, start.column + 1)
    }

    /// The number of a change.
    fn change(&mut self, at: proc_macro2::Span, what: &str) -> usize {
        let function = self.within.last().map_or("", |name| name);
        let place = self.place(at);
        let line = self
            .text
            .lines()
            .nth(at.start().line - 1)
            .map_or("", str::trim);
        self.changes
            .push(format!("{place}\t{function}\t{what}\t{line}"));
        self.changes.len()
    }

    /// Arms of a match for each change at a place, each with its code.
    fn arms(&mut self, at: proc_macro2::Span, changes: &[(String, String)]) -> String {
        let mut arms = String::new();
        for (what, code) in changes {
            let number = self.change(at, what);
            arms += &format!("{number} => {code}, ");
        }
        arms
    }

    fn binary(&mut self, binary: &ExprBinary, sign: &str, others: &[&str]) {
        let place = binary.span().byte_range();
        let (left, right) = (self.rewritten(&binary.left), self.rewritten(&binary.right));
        let changes: Vec<_> = others
            .iter()
            .map(|other| (format!("{sign} to {other}"), format!("l {other} r")))
            .collect();
        let arms = self.arms(binary.op.span(), &changes);
        self.edit(
            place,
            format!(
                "(match (&({left}), &({right})) {{ (l, r) => match crate::mutant() {{ {arms}_ => l {sign} r }} }})"
            ),
        );
    }

    /// The greater and the less of two, or of many.
    fn extreme(&mut self, call: &ExprMethodCall, method: &str) {
        let other = match method {
            "max" => "min",
            "min" => "max",
            "max_by_key" => "min_by_key",
            _ => "max_by_key",
        };
        let place = call.span().byte_range();
        let receiver = self.rewritten(&call.receiver);
        let arguments: Vec<String> = call.args.iter().map(|each| self.rewritten(each)).collect();
        let number = self.change(call.method.span(), &format!("{method} to {other}"));
        let argument = arguments.concat();
        // What an iterator is asked may need its types, so it is written where it is used.
        let code = if arguments.len() == 1 && method.len() == 3 {
            format!(
                "(match (({receiver}), ({argument})) {{ (l, r) => if crate::mutant() == {number} {{ l.{other}(r) }} else {{ l.{method}(r) }} }})"
            )
        } else {
            format!(
                "(match ({receiver}) {{ all => if crate::mutant() == {number} {{ all.{other}({argument}) }} else {{ all.{method}({argument}) }} }})"
            )
        };
        self.edit(place, code);
    }

    fn clamp(&mut self, call: &ExprMethodCall) {
        let place = call.span().byte_range();
        let receiver = self.rewritten(&call.receiver);
        let arguments: Vec<String> = call.args.iter().map(|each| self.rewritten(each)).collect();
        let [least, most] = arguments.as_slice() else {
            return;
        };
        let changes = [
            ("clamp without its most", "value.max(least)"),
            ("clamp without its least", "value.min(most)"),
        ];
        let arms = self.arms(
            call.method.span(),
            &changes.map(|(what, code)| (what.to_owned(), code.to_owned())),
        );
        self.edit(
            place,
            format!(
                "(match (({receiver}), ({least}), ({most})) {{ (value, least, most) => match crate::mutant() {{ {arms}_ => value.clamp(least, most) }} }})"
            ),
        );
    }

    /// Whether something lies in a range: each end with its own value and without.
    fn contains(&mut self, call: &ExprMethodCall, closed: bool) {
        let place = call.span().byte_range();
        let receiver = self.rewritten(&call.receiver);
        let arguments: Vec<String> = call.args.iter().map(|each| self.rewritten(each)).collect();
        let [first, last] = if closed {
            [
                "range.contains(value) && value != range.start()",
                "range.contains(value) && value != range.end()",
            ]
        } else {
            [
                "range.contains(value) && value != &range.start",
                "range.contains(value) || value == &range.end",
            ]
        };
        let last_changed = if closed { "without" } else { "with" };
        let changes = [
            ("range without its first".to_owned(), first.to_owned()),
            (format!("range {last_changed} its last"), last.to_owned()),
        ];
        let arms = self.arms(call.method.span(), &changes);
        self.edit(
            place,
            format!(
                "(match (&({receiver}), {}) {{ (range, value) => match crate::mutant() {{ {arms}_ => range.contains(value) }} }})",
                arguments.concat()
            ),
        );
    }

    /// Whether an expression is a range, and whether it has its last value; `None` for no range.
    fn range(&self, expression: &Expr) -> Option<bool> {
        match expression {
            Expr::Paren(inner) => self.range(&inner.expr),
            Expr::Range(range) if range.start.is_some() && range.end.is_some() => {
                Some(matches!(range.limits, syn::RangeLimits::Closed(_)))
            }
            Expr::Path(path) => {
                let name = path.path.get_ident()?.to_string();
                self.ranges.contains(&name).then_some(true)
            }
            _ => None,
        }
    }

    fn constant(&mut self, expression: &Expr) {
        self.constant += 1;
        self.visit_expr(expression);
        self.constant -= 1;
    }

    /// A function that asks is none of a constant.
    fn function(&mut self, signature: &Signature, visit: impl FnOnce(&mut Self)) {
        let (edits, changes) = (self.edits.len(), self.changes.len());
        self.within.push(signature.ident.to_string());
        visit(self);
        self.within.pop();
        if let Some(keyword) = &signature.constness
            && self.changes.len() > changes
        {
            let place = keyword.span().byte_range();
            let instead = String::new();
            self.edits.insert(edits, Edit { place, instead });
        }
    }
}

impl<'ast> Visit<'ast> for Rewriter<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig, |this| visit::visit_item_fn(this, item));
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, |this| visit::visit_impl_item_fn(this, item));
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        if self.range(&item.expr) == Some(true) {
            self.ranges.insert(item.ident.to_string());
        }
        self.constant(&item.expr);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.constant(&item.expr);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.constant(&item.expr);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        if let (syn::Pat::Ident(name), Some(init)) = (&local.pat, &local.init)
            && self.range(&init.expr) == Some(true)
        {
            self.ranges.insert(name.ident.to_string());
        }
        visit::visit_local(self, local);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.visit_pat(&arm.pat);
        if let Some((_, guard)) = &arm.guard {
            if matches!(**guard, Expr::Let(_)) {
                self.visit_expr(guard);
            } else {
                let code = self.rewritten(guard);
                let changes = ["true", "false"].map(|fixed| {
                    let what = format!("guard to {fixed}");
                    (what, fixed.to_owned())
                });
                let arms = self.arms(guard.span(), &changes);
                self.edit(
                    guard.span().byte_range(),
                    format!("(match crate::mutant() {{ {arms}_ => {code} }})"),
                );
            }
        }
        self.visit_expr(&arm.body);
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        if matches!(pattern, syn::Pat::Range(_)) {
            let place = self.place(pattern.span());
            self.refused.push(format!("{place}: a pattern of a range"));
        }
        visit::visit_pat(self, pattern);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        match others(&binary.op) {
            Some(_) if self.constant > 0 => {
                let place = self.place(binary.op.span());
                self.refused.push(format!("{place}: in a constant"));
            }
            Some((sign, others)) => self.binary(binary, sign, others),
            None => visit::visit_expr_binary(self, binary),
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let method = call.method.to_string();
        match (method.as_str(), call.args.len()) {
            ("max" | "min", 0 | 1) | ("max_by_key" | "min_by_key", 1) => {
                self.extreme(call, &method);
            }
            ("clamp", 2) => self.clamp(call),
            ("contains", 1) => match self.range(&call.receiver) {
                Some(closed) => self.contains(call, closed),
                None => visit::visit_expr_method_call(self, call),
            },
            _ => visit::visit_expr_method_call(self, call),
        }
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        if compares(item.tokens.clone()) {
            let place = self.place(item.span());
            self.refused.push(format!("{place}: in a macro"));
        }
    }
}
