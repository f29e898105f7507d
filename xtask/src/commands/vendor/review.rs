//! Reviews a new revision of a document like `cargo xtask diff`, before it is committed.

use crm_clients_cli::commands::diff;
use crm_clients_cli::{
    Error, Project,
    source::{Overlay, Source},
};
use crm_clients_review::diff::{Review, Reviewed, Revision, RevisionDocument, join};

/// Compares the document that is vendored with the one that is to be, each as the overlays correct it; without the
/// overlays where they do not fit both. Returns `None` if a document still has errors; those are reported elsewhere.
pub fn review(workspace: &Project, name: &str, file: &str, texts: (&str, &str)) -> Result<Option<Review>, Error> {
    let (before, after) = texts;
    let compared = |overlays: Vec<Overlay>| {
        let revision = |shown: String, text: &str| {
            let (document, pipeline) =
                Source::text(&shown, text.into(), overlays.clone()).inspect(RevisionDocument::read);
            Some(Revision::new(document?, pipeline))
        };
        let old = || revision(format!("before:{file}"), before);
        let (old, new) = join(old, || revision(file.to_owned(), after));
        Reviewed::of(name, old?, new?).ok()
    };
    let reviewed = compared(workspace.overlays(name)?).or_else(|| compared(Vec::new()));
    let version = diff::version(workspace)?;
    Ok(reviewed.map(|reviewed| Review::of(vec![reviewed], version.clone(), version)))
}
