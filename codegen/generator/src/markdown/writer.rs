//! Writes the events of a parsed text as Markdown.

use pulldown_cmark::{Alignment, Event, LinkType, Tag, TagEnd};

use super::inline::{BREAK, Inline, Mark};
use super::{is_hidden, longest_run};

/// Maximum nesting depth of lists and quotes; deeper ones are written at this depth.
const MAX_DEPTH: usize = 8;

/// Writes blocks; each line starts with the prefixes of the enclosing lists and quotes.
#[derive(Default)]
pub struct Writer {
    lines: Vec<String>,
    containers: Vec<Container>,
    lists: Vec<List>,
    inline: Inline,
    /// The text of the current code block.
    code: Option<String>,
    /// The cells of the current table row, and the alignments of its columns.
    row: Vec<String>,
    columns: Vec<Alignment>,
    /// True if the last block was text in a list without blank lines.
    tight: bool,
    /// The first line of the first paragraph or heading.
    first_line: Option<String>,
}

/// A quote or an item of a list.
struct Container {
    /// The prefix of its first line until it is written, so that empty items write nothing.
    first: Option<String>,
    /// The prefix of its other lines.
    rest: String,
    /// True if its first line can interrupt a paragraph.
    interrupts: bool,
}

struct List {
    /// The number of the next item, if the list is numbered.
    number: Option<u64>,
    begun: bool,
}

impl Writer {
    /// Processes the next event.
    pub fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.inline.text(&text),
            },
            Event::Code(code) => self.inline.code(&code),
            // HTML is shown literally and has no effect.
            Event::Html(text) | Event::InlineHtml(text) => {
                for (index, line) in text.lines().enumerate() {
                    if index > 0 {
                        self.break_line(false);
                    }
                    self.inline.text(line);
                }
                if text.ends_with('\n') {
                    self.break_line(false);
                }
            }
            Event::FootnoteReference(label) => self.inline.text(&format!("[^{label}]")),
            Event::SoftBreak => self.break_line(false),
            Event::HardBreak => self.break_line(true),
            Event::Rule => {
                self.end_paragraph(false);
                self.block(["***".to_owned()]);
            }
            // These extensions are not enabled.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::TaskListMarker(_) => {}
        }
    }

    /// Returns the first line of the first paragraph or heading, if it is complete.
    pub fn first_line(&mut self) -> Option<String> {
        self.first_line.take()
    }

    /// Returns the whole text.
    pub fn finish(mut self) -> String {
        self.end_paragraph(false);
        self.lines.join("\n")
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.inline.begin(Mark::Emphasis),
            Tag::Strong => self.inline.begin(Mark::Strong),
            Tag::Strikethrough => self.inline.begin(Mark::Strikethrough),
            // Documentation loads no external images.
            Tag::Link { link_type: LinkType::Autolink, dest_url, .. } => self.inline.begin_address(&dest_url),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.inline.begin_link(&dest_url),
            _ => self.start_block(tag),
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        // A footnote continues after its label.
        if !matches!(tag, Tag::Paragraph) {
            self.end_paragraph(true);
        }
        match tag {
            Tag::Heading { .. } => self.inline.in_heading = true,
            Tag::BlockQuote(_) => self.contain("> ".to_owned(), "> ".to_owned(), true),
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::FootnoteDefinition(label) => self.inline.text(&format!("[^{label}]: ")),
            Tag::List(number) => self.lists.push(List { number, begun: false }),
            Tag::Item => {
                let Some(list) = self.lists.last_mut() else { return };
                let marker = list.number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
                let interrupts = list.begun || list.number.is_none_or(|number| number == 1);
                list.number = list.number.map(|number| number.saturating_add(1).min(999_999_999));
                let rest = " ".repeat(marker.len());
                self.contain(marker, rest, interrupts);
            }
            Tag::Table(columns) => {
                self.columns = columns;
                self.inline.in_table = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => {
                self.inline.end();
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_paragraph(false),
            TagEnd::Heading(level) => {
                let text = self.inline.take().replace(['\n', BREAK], " ");
                self.inline.in_heading = false;
                if !text.is_empty() {
                    self.first_line.get_or_insert_with(|| text.clone());
                    self.block([format!("{} {text}", "#".repeat(level as usize))]);
                }
            }
            TagEnd::BlockQuote(_) => {
                self.end_paragraph(false);
                self.containers.pop();
            }
            TagEnd::Item => {
                self.end_paragraph(true);
                let begun = self.containers.pop().is_some_and(|item| item.first.is_none());
                if let Some(list) = self.lists.last_mut() {
                    list.begun |= begun;
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.tight &= !self.lists.is_empty();
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::TableCell => {
                let cell = self.inline.take().replace(['\n', BREAK], " ");
                self.row.push(cell);
            }
            TagEnd::TableHead => self.end_table_head(),
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                self.line(&table_row(&row));
            }
            TagEnd::Table => self.inline.in_table = false,
            _ => {}
        }
    }

    fn contain(&mut self, first: String, rest: String, interrupts: bool) {
        let (first, rest) = if self.containers.len() < MAX_DEPTH { (first, rest) } else { Default::default() };
        self.containers.push(Container { first: Some(first), rest, interrupts });
    }

    fn break_line(&mut self, hard: bool) {
        if self.inline.in_table {
            self.inline.text(" ");
            return;
        }
        if self.first_line.is_none() {
            self.first_line = Some(self.inline.so_far()).filter(|line| !line.is_empty());
        }
        self.inline.break_line(hard);
    }

    /// Writes the text so far as a paragraph; `tight` if it may be in a list without blank lines.
    fn end_paragraph(&mut self, tight: bool) {
        let text = self.inline.take();
        if text.is_empty() {
            return;
        }
        let lines: Vec<String> = text.split('\n').map(|line| line.replace(BREAK, "\\")).collect();
        if self.first_line.is_none() {
            self.first_line = lines.first().cloned();
        }
        self.block(lines);
        self.tight = tight;
    }

    fn end_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let visible = |line: &str| line.replace('\t', "    ").chars().filter(|c| !is_hidden(*c)).collect::<String>();
        let mut lines: Vec<String> = code.lines().map(|line| visible(line).trim_end().to_owned()).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        if !lines.is_empty() {
            let fence = "`".repeat((longest_run(&code, '`') + 1).max(3));
            lines.insert(0, format!("{fence}text"));
            lines.push(fence);
            self.block(lines);
        }
    }

    fn end_table_head(&mut self) {
        let head = std::mem::take(&mut self.row);
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|alignment| match alignment {
                Alignment::None => "---",
                Alignment::Left => ":--",
                Alignment::Center => ":-:",
                Alignment::Right => "--:",
            })
            .map(str::to_owned)
            .collect();
        self.block([table_row(&head), table_row(&columns)]);
    }

    /// Writes a block after a blank line, unless it continues a list without blank lines.
    fn block(&mut self, lines: impl IntoIterator<Item = String>) {
        let mut pending = self.containers.iter().filter(|container| container.first.is_some()).peekable();
        let joined = self.tight && pending.peek().is_some() && pending.all(|container| container.interrupts);
        if !self.lines.is_empty() && !joined {
            let open = self.containers.iter().filter(|container| container.first.is_none());
            let prefix: String = open.map(|container| container.rest.as_str()).collect();
            self.lines.push(prefix.trim_end().to_owned());
        }
        lines.into_iter().for_each(|line| self.line(&line));
        self.tight = false;
    }

    fn line(&mut self, text: &str) {
        let mut line = String::with_capacity(text.len() + 16);
        for container in &mut self.containers {
            match container.first.take() {
                Some(first) => line.push_str(&first),
                None => line.push_str(&container.rest),
            }
        }
        line.push_str(text);
        line.truncate(line.trim_end().len());
        self.lines.push(line);
    }
}

fn table_row(cells: &[String]) -> String {
    let mut row = String::from("|");
    for cell in cells {
        row.push_str(&format!(" {cell} |"));
    }
    row
}
