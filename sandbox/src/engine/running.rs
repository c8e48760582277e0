//! A task that executes: its nodes, and the points that go through them.

use crate::engine::alert::{Alert, Board};
use crate::engine::nodes::message::Message;
use crate::engine::nodes::{aggregate, Derivative, Eval, GroupBy, Join, Node, StateCount, Stats, Window};
use crate::engine::plan::{Const, NodePlan, Plan};
use crate::engine::point::Point;
use crate::engine::services::Services;
use crate::kapacitor::process::endpoint::Endpoint;
use crate::kapacitor::process::poster::Queue;
use crate::kapacitor::script;
use crate::kapacitor::stored::Database;
use crate::kapacitor::stored::{Dbrp, Task};
use crate::kapacitor::topics::{Event, EventState, Handler, Topics};
use serde_json::{json, Map, Value};
use std::sync::{Arc, Mutex};

/// A task that executes, with the script and the databases that it was started with.
pub struct Running {
    dbrps: Vec<Dbrp>,
    plan: Plan,
    nodes: Vec<Node>,
    /// How many messages came to each node.
    collected: Vec<u64>,
    /// A node that has failed, and why. The task ends as soon as another node hands something to it.
    failed: Option<(usize, String)>,
}

impl Running {
    /// Starts a task, or says in Kapacitor's words why it cannot.
    pub fn start(task: &Task, services: &Services) -> Result<Running, String> {
        let plan = script::plan(task)?;
        let mut nodes = Vec::new();
        for (place, node) in plan.nodes.iter().enumerate() {
            let topic = format!("main:{}:{}", task.id, plan.name(place));
            nodes.push(make(node, &task.id, topic, services)?);
        }
        let collected = vec![0; nodes.len()];
        Ok(Running {
            dbrps: task.dbrps.clone(),
            plan,
            nodes,
            collected,
            failed: None,
        })
    }

    /// Notes that the task runs already: the path at which it would show its output is taken.
    pub fn is_the_second(&mut self, task: &str) {
        let Some(place) = self.plan.nodes.iter().position(|node| node.function == "httpOut") else {
            return;
        };
        let output = self.plan.nodes[place]
            .arguments
            .first()
            .and_then(Const::as_str)
            .unwrap_or_default();
        let path = format!("/kapacitor/v1/tasks/{task}/{output}");
        let error = format!("{}: http: multiple registrations for {path}", self.plan.name(place));
        self.failed = Some((place, error));
    }

    /// The topics of alerts that have handlers of their own, with those.
    pub fn anonymous_topics(&self) -> impl Iterator<Item = (&str, &[Handler])> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Alert(alert) => alert.anonymous_topic().map(|topic| (topic, alert.handlers.as_slice())),
            _ => None,
        })
    }

    /// The queues of posts that do not go through a topic.
    pub fn post_queues(&self) -> Vec<Queue> {
        let queues = self.nodes.iter().filter_map(|node| match node {
            Node::HttpPost { queue, .. } => Some(queue.clone()),
            _ => None,
        });
        queues.collect()
    }

    /// Takes a point, if it belongs to one of the task's databases. An error ends the task.
    pub fn feed(&mut self, point: &Point, topics: &mut Topics, database: &mut Database) -> Result<(), String> {
        let ours = |dbrp: &Dbrp| dbrp.db == point.database && dbrp.rp == point.retention_policy;
        if !self.dbrps.iter().any(ours) {
            return Ok(());
        }
        let Some(source) = self.plan.nodes.iter().position(|node| node.function == "stream") else {
            return Ok(());
        };
        let waiting = vec![(source, 0, Message::Point(point.clone()))];
        self.run(waiting, &mut TopicBoard::new(topics, database))
    }

    /// When the clock next makes the task do something, in nanoseconds since 1970; `None` if only points do.
    pub fn next_tick(&self) -> Option<i64> {
        self.statistics().map(|(_, stats)| stats.next()).min()
    }

    /// Does what is due by `now`. An error ends the task.
    pub fn tick(&mut self, now: i64, topics: &mut Topics, database: &mut Database) -> Result<(), String> {
        let mut board = TopicBoard::new(topics, database);
        while let Some((place, _)) = self
            .statistics()
            .filter(|(_, stats)| stats.next() <= now)
            .min_by_key(|(_, stats)| stats.next())
        {
            let Node::Stats(stats) = &mut self.nodes[place] else {
                return Ok(());
            };
            for message in stats.emit() {
                let waiting = self.to_children(place, vec![message]);
                self.run(waiting, &mut board)?;
            }
        }
        Ok(())
    }

    fn statistics(&self) -> impl Iterator<Item = (usize, &Stats)> {
        self.nodes.iter().enumerate().filter_map(|(place, node)| match node {
            Node::Stats(stats) => Some((place, stats)),
            _ => None,
        })
    }

    /// Lets messages flow until none is left; the last one goes first.
    fn run(&mut self, mut waiting: Vec<(usize, usize, Message)>, board: &mut TopicBoard) -> Result<(), String> {
        while let Some((place, side, message)) = waiting.pop() {
            let produced = self
                .step(place, side, message, board)
                .map_err(|error| format!("{}: {error}", self.plan.name(place)))?;
            self.check_failed(place, &produced, board)?;
            self.watch(place, &produced);
            waiting.extend(self.to_children(place, produced));
        }
        Ok(())
    }

    /// Whether a node has handed something to one that has failed. An alert hands on what it fires for.
    fn check_failed(&self, place: usize, produced: &[Message], board: &TopicBoard) -> Result<(), String> {
        let Some((failed, error)) = &self.failed else {
            return Ok(());
        };
        let fired = matches!(self.nodes[place], Node::Alert(_)) && board.fired;
        let is_parent = self.plan.nodes[*failed].parents.contains(&place);
        match is_parent && (fired || !produced.is_empty()) {
            true => Err(error.clone()),
            false => Ok(()),
        }
    }

    /// Tells the nodes that watch another one what that one has emitted.
    fn watch(&mut self, watched: usize, produced: &[Message]) {
        for (node, plan) in self.nodes.iter_mut().zip(&self.plan.nodes) {
            if let (Node::Stats(stats), true) = (node, plan.arguments.contains(&Const::Node(watched))) {
                produced.iter().for_each(|message| stats.count(message));
            }
        }
    }

    /// What a node hands to its children. The last child is put first, so that the first one is taken first.
    fn to_children(&self, place: usize, produced: Vec<Message>) -> Vec<(usize, usize, Message)> {
        let mut waiting = Vec::new();
        for message in produced.into_iter().rev() {
            for (child, plan) in self.plan.nodes.iter().enumerate().rev() {
                let sides = plan.parents.iter().enumerate().filter(|(_, parent)| **parent == place);
                waiting.extend(sides.map(|(side, _)| (child, side, message.clone())));
            }
        }
        waiting
    }

    fn step(
        &mut self,
        place: usize,
        side: usize,
        message: Message,
        board: &mut TopicBoard,
    ) -> Result<Vec<Message>, String> {
        self.collected[place] += 1;
        board.fired = false;
        match (&mut self.nodes[place], message) {
            (Node::Alert(alert), Message::Point(point)) => {
                let fired = alert.point(&point, &self.plan.scope, board)?;
                Ok(fired.map(Message::Point).into_iter().collect())
            }
            (Node::Alert(alert), Message::Batch(batch)) => {
                let fired = alert.batch(&batch, &self.plan.scope, board)?;
                Ok(fired.map(Message::Batch).into_iter().collect())
            }
            (node, message) => Ok(node.take(message, side, &self.plan.scope)),
        }
    }

    /// Plausible statistics.
    pub fn stats(&self) -> Value {
        let nodes: Map<String, Value> = self
            .collected
            .iter()
            .enumerate()
            .map(|(place, collected)| {
                let stats = json!({ "avg_exec_time_ns": 0, "collected": collected, "emitted": 0, "errors": 0 });
                (self.plan.name(place), stats)
            })
            .collect();
        json!({ "task-stats": { "throughput": 0 }, "node-stats": nodes })
    }

    /// A plausible graph with statistics.
    pub fn dot(&self, id: &str, labels: bool) -> String {
        let attribute = if labels { "xlabel" } else { "processed" };
        let edges: String = self
            .plan
            .edges()
            .iter()
            .map(|(from, to)| {
                let count = self.collected.get(*to).copied().unwrap_or_default();
                format!(
                    "{} -> {} [{attribute}=\"{count}\"];\n",
                    self.plan.name(*from),
                    self.plan.name(*to)
                )
            })
            .collect();
        format!("digraph {id} {{\ngraph [throughput=\"0.00 points/s\"];\n\n{edges}}}")
    }
}

fn make(plan: &NodePlan, task: &str, topic: String, services: &Services) -> Result<Node, String> {
    let lambda = |arguments: &[Const]| match arguments.first() {
        Some(Const::Lambda(expression)) => Some(expression.clone()),
        _ => None,
    };
    Ok(match plan.function.as_str() {
        "stream" => Node::Source,
        "from" => Node::From {
            database: plan.text("database").unwrap_or_default().to_owned(),
            policy: plan.text("retentionPolicy").unwrap_or_default().to_owned(),
            measurement: plan.text("measurement").unwrap_or_default().to_owned(),
            group_by: plan
                .property("groupBy")
                .map(|property| GroupBy::of(&property.arguments))
                .unwrap_or_default(),
            conditions: plan
                .properties
                .iter()
                .filter(|property| property.name == "where")
                .filter_map(|property| lambda(&property.arguments))
                .collect(),
        },
        "where" => lambda(&plan.arguments).map_or(Node::Sink, Node::Where),
        "groupBy" => Node::GroupBy(GroupBy::of(&plan.arguments)),
        "eval" => Node::Eval(Eval::of(plan)),
        "window" => Node::Window(Window::of(plan)),
        "shift" => Node::Shift(plan.arguments.first().and_then(Const::as_duration).unwrap_or_default()),
        "join" => Node::Join(Join::of(plan)),
        "stats" => Node::Stats(Stats::make(plan, services.now)?),
        "stateCount" => Node::StateCount(StateCount::of(plan)),
        "derivative" => Node::Derivative(Derivative::of(plan)),
        "alert" => Node::Alert(Box::new(Alert::make(plan, task, topic, services)?)),
        "httpPost" => http_post(plan, services)?,
        function if aggregate::FUNCTIONS.contains(&function) => Node::Aggregate {
            function: function.to_owned(),
            field: plan
                .arguments
                .first()
                .and_then(Const::as_str)
                .unwrap_or_default()
                .to_owned(),
            result: plan.text("as").unwrap_or(function).to_owned(),
        },
        _ => Node::Sink,
    })
}

fn http_post(plan: &NodePlan, services: &Services) -> Result<Node, String> {
    let endpoint = match (plan.text("endpoint"), plan.arguments.first().and_then(Const::as_str)) {
        (Some(name), _) => services
            .endpoints
            .get(name)
            .ok_or_else(|| format!("endpoint '{name}' does not exist"))?,
        (None, Some(url)) => Arc::new(Mutex::new(Endpoint::of_url(url)?)),
        (None, None) => return Ok(Node::Sink),
    };
    Ok(Node::HttpPost {
        endpoint,
        queue: services.poster.queue(),
    })
}

/// The topics and the database behind them.
struct TopicBoard<'a> {
    topics: &'a mut Topics,
    database: &'a mut Database,
    /// Whether the node that was last at work has fired.
    fired: bool,
}

impl<'a> TopicBoard<'a> {
    fn new(topics: &'a mut Topics, database: &'a mut Database) -> Self {
        TopicBoard {
            topics,
            database,
            fired: false,
        }
    }
}

impl Board for TopicBoard<'_> {
    fn event(&self, topic: &str, id: &str) -> Option<EventState> {
        self.topics.event(topic, id).cloned()
    }

    fn update_event(&mut self, topic: &str, id: &str, state: &EventState) {
        self.topics.update_event(self.database, topic, id, state);
    }

    fn collect(&mut self, topic: &str, event: &Event) {
        self.fired = true;
        self.topics.collect(self.database, topic, event);
    }
}
