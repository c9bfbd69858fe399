//! `eps ask`: a question in one's own words. The text appears as it is made; the evidence follows.

use clap::Args;
use eps_adapters::remote::RemoteServer;
use eps_domain::ask::{AskEvent, AskRequest, UserContext};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Context,
    shown::evidence_lines,
    target::{Target, TargetArgs},
};
use crate::{
    commands::arguments::Output,
    failure::Failure,
    terminal::Terminal,
    wiring::{self, Site},
};

/// Pieces of text that wait for the terminal.
const PIECES_QUEUED_MAX: usize = 256;

/// Arguments of `eps ask`.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// The question.
    question: String,
    /// Go on with this conversation.
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
    /// IANA time zone in which the words are read.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// How much evidence to show.
    #[arg(long)]
    limit: Option<usize>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: Output,
}

/// Shows a text as it is made.
struct Shown {
    terminal: Terminal,
    text: String,
}

impl Shown {
    fn delta(&mut self, piece: &str) -> Result<(), Failure> {
        self.text.push_str(piece);
        if !self.terminal.is_json {
            self.terminal.text(piece)?;
        }
        Ok(())
    }

    /// What stands on a terminal cannot be taken back: the right text follows.
    fn replace(&mut self, text: &str) -> Result<(), Failure> {
        if !self.terminal.is_json && !self.text.is_empty() {
            self.terminal.text("\n\nCorrected:\n")?;
        }
        self.text.clear();
        self.delta(text)
    }
}

/// Asks and shows the answer.
///
/// # Errors
/// Wrong settings, no token, what the service says.
pub async fn run(context: &Context, args: &AskArgs) -> Result<(), Failure> {
    let terminal = context.terminal(args.output);
    let target = Target::find(context, &args.target).await?;
    let mut shown = Shown { terminal, text: String::new() };
    let answer = match &target {
        Target::Remote { server, .. } => ask_remotely(server, args, &mut shown).await?,
        Target::Direct(site) => ask_directly(site, args, &mut shown).await?,
    };
    if terminal.is_json {
        terminal.json(&answer)?;
        return Ok(());
    }
    show(&mut shown, &answer, target.link_prefix())
}

async fn ask_remotely(server: &RemoteServer, args: &AskArgs, shown: &mut Shown) -> Result<Value, Failure> {
    let mut body = json!({"query": args.question, "stream": true});
    if let Some(conversation) = &args.conversation {
        body["conversation_id"] = conversation.as_str().into();
    }
    if let Some(timezone) = &args.timezone {
        body["user_context"] = json!({"timezone": timezone});
    }
    if let Some(limit) = args.limit {
        body["limit"] = limit.into();
    }
    let mut events = server.stream("/api/v1/conversation", &body).await?;
    while let Some(event) = events.next().await {
        let event = event?;
        let text = event.data["text"].as_str().unwrap_or_default();
        match event.name.as_str() {
            "answer.delta" => shown.delta(text)?,
            "answer.replaced" => shown.replace(text)?,
            "completed" => return Ok(event.data),
            "error" => {
                let detail = event.data["detail"].as_str().unwrap_or("no detail");
                let code = event.data["code"].as_str().unwrap_or("no code");
                return Err(Failure::general(format!("the server says: {detail} ({code})")));
            }
            _ => {}
        }
    }
    Err(Failure::general("the server broke off"))
}

async fn ask_directly(site: &Site, args: &AskArgs, shown: &mut Shown) -> Result<Value, Failure> {
    let request = AskRequest {
        query: args.question.clone(),
        conversation_id: args.conversation.clone(),
        limit: args.limit,
        user_context: UserContext { timezone: args.timezone.clone(), ..UserContext::default() },
        ..AskRequest::default()
    };
    let caller = wiring::local_caller(&site.directory, None);
    let (sender, mut events) = mpsc::channel(PIECES_QUEUED_MAX);
    let answer = site.asker.ask(&caller, request, Some(sender));
    let listen = async {
        while let Some(event) = events.recv().await {
            match event {
                AskEvent::Delta(piece) => shown.delta(&piece)?,
                AskEvent::Replaced(text) => shown.replace(&text)?,
                _ => {}
            }
        }
        Ok::<_, Failure>(())
    };
    let (answer, listened) = tokio::join!(answer, listen);
    listened?;
    serde_json::to_value(answer?).map_err(|error| Failure::general(error.to_string()))
}

fn show(shown: &mut Shown, answer: &Value, prefix: &str) -> Result<(), Failure> {
    let terminal = shown.terminal;
    let response = answer["response"].as_str().unwrap_or_default();
    if shown.text.is_empty() {
        shown.delta(response)?;
    } else if shown.text.trim() != response.trim() {
        shown.replace(response)?;
    }
    terminal.line("")?;
    let zone = answer["interpretation"]["timezone"].as_str();
    let evidence = evidence_lines(&answer["evidence"], zone, prefix);
    if !evidence.is_empty() {
        terminal.line(format!("\nEvidence ({}):", zone.unwrap_or("UTC")))?;
        terminal.line(evidence.join("\n"))?;
    }
    let follow_ups = answer["follow_up_questions"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !follow_ups.is_empty() {
        terminal.line("\nAsk next:")?;
        for question in follow_ups.iter().filter_map(Value::as_str) {
            terminal.line(format!("  {question}"))?;
        }
    }
    if let Some(id) = answer["conversation_id"].as_str() {
        terminal.note(format!("\nGo on with: eps ask --conversation {id} \"…\""));
    }
    Ok(())
}
