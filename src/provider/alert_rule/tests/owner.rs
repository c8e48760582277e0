//! Who owns a task, tried in every order in which Terraform may call.

use super::{configuration, text};
use crate::kapacitor::models::{ListTasks, Task};
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth};
use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::alert_rule::state::post::PostBlock;
use crate::provider::alert_rule::state::private_state::PrivateState;
use crate::provider::alert_rule::AlertRuleResource;
use crate::provider::connection::Connection;
use crate::provider::task::TaskAttributes;
use sandbox::{Options, Sandbox};
use tf_provider::value::Value;
use tf_provider::{Diagnostics, Resource};

/// A provider process that makes one plan or one apply.
struct Walk(AlertRuleResource);

/// What a call came to.
struct Answer<T> {
    value: Option<T>,
    diags: Diagnostics,
}

impl<T> Answer<T> {
    #[track_caller]
    fn succeeds(self) -> T {
        assert!(self.diags.errors.is_empty(), "{:#?}", self.diags.errors);
        self.value.expect("the call gives a value")
    }

    #[track_caller]
    fn fails(self, summary: &str) -> String {
        let [error] = self.diags.errors.as_slice() else {
            panic!(
                "{} errors instead of one: {:#?}",
                self.diags.errors.len(),
                self.diags.errors
            );
        };
        assert_eq!(error.summary, summary);
        error.detail.to_string()
    }

    fn warnings(&self) -> Vec<String> {
        self.diags
            .warnings
            .iter()
            .map(|warning| warning.summary.to_string())
            .collect()
    }
}

/// A resource in Terraform's state.
#[derive(Clone, Debug)]
struct Kept(AlertRuleState, Value<PrivateState>);

/// What a plan came to.
struct Planned {
    state: AlertRuleState,
    private: Value<PrivateState>,
}

impl std::ops::Deref for Planned {
    type Target = AlertRuleState;

    fn deref(&self) -> &AlertRuleState {
        &self.state
    }
}

fn client(server: &Sandbox) -> Client {
    Client::new(ClientConfig::direct(server.kapacitor_url(), KapacitorAuth::None)).unwrap()
}

fn server() -> Sandbox {
    Sandbox::start_blocking(Options::default()).unwrap()
}

async fn tasks(server: &Sandbox) -> Vec<Task> {
    client(server).tasks().list(&ListTasks::default()).await.unwrap()
}

fn config(name: &str, message: &str) -> AlertRuleState {
    let post = PostBlock {
        url: text("http://127.0.0.1:9/hook"),
        ..PostBlock::default()
    };
    let mut config = configuration(vec![post], vec![]);
    config.attributes.name = text(name);
    config.attributes.message = text(message);
    config.handlers = Value::Null;
    config
}

/// What Terraform proposes: the configuration, with the computed attributes of the state, or none known yet.
fn proposed(config: &AlertRuleState, prior: Option<&AlertRuleState>) -> AlertRuleState {
    let unknown = TaskAttributes {
        id: Value::Unknown,
        tickscript: Value::Unknown,
        dbrps: Value::Unknown,
        executing: Value::Unknown,
        error: Value::Unknown,
        vars: Value::Unknown,
        template_id: Value::Unknown,
        ..TaskAttributes::default()
    };
    let computed = prior.map_or(unknown, |prior| prior.task.clone());
    AlertRuleState {
        task: TaskAttributes {
            task_id: config.task.task_id.clone(),
            enabled: config.task.enabled,
            resolve_on_destroy: config.task.resolve_on_destroy,
            ..computed
        },
        ..config.clone()
    }
}

impl Walk {
    fn new(server: &Sandbox) -> Self {
        let connection = Connection::default();
        connection.set(Some(client(server)));
        Walk(AlertRuleResource::new(connection))
    }

    async fn read(&self, kept: &Kept) -> Kept {
        let mut diags = Diagnostics::default();
        let read = self
            .0
            .read(&mut diags, kept.0.clone(), kept.1.clone(), Value::Null)
            .await;
        let (state, private) = read.expect("the rule is there");
        Kept(state, private)
    }

    async fn validate(&self, config: &AlertRuleState) {
        let mut diags = Diagnostics::default();
        self.0.validate(&mut diags, config.clone()).await;
        assert!(diags.errors.is_empty(), "{diags:#?}");
    }

    /// Plans without a prior state and without a validation, as for the second half of a replacement.
    async fn plan_anew(&self, config: &AlertRuleState) -> Answer<Planned> {
        let mut diags = Diagnostics::default();
        let planned = self
            .0
            .plan_create(&mut diags, proposed(config, None), config.clone(), Value::Null);
        let value = planned.await.map(|(state, private)| Planned { state, private });
        Answer { value, diags }
    }

    async fn plan_create(&self, config: &AlertRuleState) -> Answer<Planned> {
        self.validate(config).await;
        self.plan_anew(config).await
    }

    async fn create(&self, planned: Planned) -> Answer<Kept> {
        let mut diags = Diagnostics::default();
        let wanted = planned.task.id.clone();
        let created = self.0.create(
            &mut diags,
            planned.state,
            AlertRuleState::default(),
            planned.private,
            Value::Null,
        );
        let value = created.await.map(|(state, private)| Kept(state, private));
        if let Some(created) = &value {
            assert!(
                agrees(&wanted, &created.0.task.id),
                "{wanted:?} became {:?}",
                created.0.task.id
            );
        }
        Answer { value, diags }
    }

    async fn plan_update(&self, kept: &Kept, config: &AlertRuleState) -> Answer<Planned> {
        self.validate(config).await;
        let mut diags = Diagnostics::default();
        let (prior, wanted) = (kept.0.clone(), proposed(config, Some(&kept.0)));
        let planned = self
            .0
            .plan_update(&mut diags, prior, wanted, config.clone(), kept.1.clone(), Value::Null);
        let value = planned.await.map(|(state, private, _)| Planned { state, private });
        Answer { value, diags }
    }

    async fn update(&self, kept: &Kept, planned: Planned) -> Answer<Kept> {
        let mut diags = Diagnostics::default();
        let wanted = planned.task.id.clone();
        let config = AlertRuleState::default();
        let updated = self.0.update(
            &mut diags,
            kept.0.clone(),
            planned.state,
            config,
            planned.private,
            Value::Null,
        );
        let value = updated.await.map(|(state, private)| Kept(state, private));
        if let Some(updated) = &value {
            assert!(
                agrees(&wanted, &updated.0.task.id),
                "{wanted:?} became {:?}",
                updated.0.task.id
            );
        }
        Answer { value, diags }
    }

    async fn plan_destroy(&self, kept: &Kept) -> Answer<Value<PrivateState>> {
        let mut diags = Diagnostics::default();
        let value = self
            .0
            .plan_destroy(&mut diags, kept.0.clone(), kept.1.clone(), Value::Null)
            .await;
        Answer { value, diags }
    }

    async fn destroy(&self, kept: &Kept, private: Value<PrivateState>) -> Answer<()> {
        let mut diags = Diagnostics::default();
        let value = self.0.destroy(&mut diags, kept.0.clone(), private, Value::Null).await;
        Answer { value, diags }
    }

    /// Plans and applies a creation.
    async fn make(&self, config: &AlertRuleState) -> Answer<Kept> {
        let planned = self.plan_create(config).await.succeeds();
        self.create(planned).await
    }
}

/// Terraform takes any value for one that was left open, and no other for one that was known.
fn agrees(planned: &Value<String>, actual: &Value<String>) -> bool {
    planned.is_unknown() || planned == actual
}

/// The orders in which the steps of two resources may come, each resource's own in their order.
fn orders(first: usize, second: usize) -> Vec<Vec<bool>> {
    if first == 0 || second == 0 {
        return vec![[vec![true; first], vec![false; second]].concat()];
    }
    let begin = |with: bool, rest: Vec<Vec<bool>>| rest.into_iter().map(move |order| [vec![with], order].concat());
    begin(true, orders(first - 1, second))
        .chain(begin(false, orders(first, second - 1)))
        .collect()
}

const MESSAGE: &str = "{{ .ID }} is {{ .Level }}";

#[tokio::test]
async fn a_new_rule_that_takes_a_name_and_the_one_that_leaves_it_both_run_in_any_order() {
    for message in [MESSAGE, "other"] {
        for plan_order in orders(2, 1) {
            for apply_order in orders(2, 2) {
                let server = server();
                let prior = Walk::new(&server).make(&config("cpu high", MESSAGE)).await.succeeds();
                let (old, new) = (config("cpu high (old)", MESSAGE), config("cpu high", message));

                let plan = Walk::new(&server);
                let (mut kept, mut planned_old, mut planned_new) = (prior.clone(), None, None);
                let mut has_read = false;
                for of_the_old in &plan_order {
                    match (*of_the_old, has_read) {
                        (true, false) => {
                            kept = plan.read(&prior).await;
                            has_read = true;
                        }
                        (true, true) => planned_old = Some(plan.plan_update(&kept, &old).await.succeeds()),
                        (false, _) => planned_new = Some(plan.plan_create(&new).await.succeeds()),
                    }
                }
                let (planned_old, planned_new) = (planned_old.unwrap(), planned_new.unwrap());

                let apply = Walk::new(&server);
                let (mut again_old, mut again_new, mut made) = (None, None, Vec::new());
                for of_the_old in &apply_order {
                    match (*of_the_old, again_old.take(), again_new.take()) {
                        (true, None, other) => {
                            let planned = apply.plan_update(&kept, &old).await.succeeds();
                            assert!(
                                agrees(&planned_old.task.id, &planned.task.id),
                                "{plan_order:?} {apply_order:?}"
                            );
                            (again_old, again_new) = (Some(planned), other);
                        }
                        (true, Some(planned), other) => {
                            made.push(apply.update(&kept, planned).await.succeeds());
                            again_new = other;
                        }
                        (false, other, None) => {
                            let planned = apply.plan_create(&new).await.succeeds();
                            assert!(
                                agrees(&planned_new.task.id, &planned.task.id),
                                "{plan_order:?} {apply_order:?}"
                            );
                            (again_old, again_new) = (other, Some(planned));
                        }
                        (false, other, Some(planned)) => {
                            made.push(apply.create(planned).await.succeeds());
                            again_old = other;
                        }
                    }
                }
                let tasks = tasks(&server).await;
                assert_eq!(tasks.len(), 2, "{plan_order:?} {apply_order:?}");
                assert!(tasks.iter().all(Task::is_running), "{tasks:#?}");
                assert_ne!(made[0].0.task.id, made[1].0.task.id, "{plan_order:?} {apply_order:?}");
                let next = Walk::new(&server);
                for (made, config) in made.iter().zip(if made[0].0.attributes.name == old.attributes.name {
                    [&old, &new]
                } else {
                    [&new, &old]
                }) {
                    let read = next.read(made).await;
                    let planned = next.plan_update(&read, config).await.succeeds();
                    assert_eq!(planned.state, read.0, "the next plan is not empty");
                }
            }
        }
    }
}

/// Terraform applies up to ten resources at once.
#[tokio::test]
async fn a_new_rule_that_takes_a_name_and_the_one_that_leaves_it_both_run_if_applied_at_once() {
    for message in [MESSAGE, "other"] {
        let server = server();
        let prior = Walk::new(&server).make(&config("cpu high", MESSAGE)).await.succeeds();
        let (old, new) = (config("cpu high (old)", MESSAGE), config("cpu high", message));
        let apply = Walk::new(&server);
        let comes = apply.plan_create(&new).await.succeeds();
        let changes = async {
            let stays = apply.plan_update(&prior, &old).await.succeeds();
            apply.update(&prior, stays).await
        };
        let (made, changed) = tokio::join!(apply.create(comes), changes);
        let (made, changed) = (made.succeeds(), changed.succeeds());
        let tasks = tasks(&server).await;
        assert_eq!(tasks.len(), 2, "{tasks:#?}");
        assert!(tasks.iter().all(Task::is_running), "{tasks:#?}");
        assert_ne!(made.0.task.id, changed.0.task.id);
    }
}

#[tokio::test]
async fn a_replacement_that_is_created_first_outlives_its_predecessor() {
    for message in [MESSAGE, "other"] {
        let server = server();
        let prior = Walk::new(&server).make(&config("cpu high", MESSAGE)).await.succeeds();
        let wanted = config("cpu high", message);

        let plan = Walk::new(&server);
        let kept = plan.read(&prior).await;
        plan.plan_update(&kept, &wanted).await.succeeds();
        let planned = plan.plan_anew(&wanted).await.succeeds();

        let apply = Walk::new(&server);
        let again = apply.plan_create(&wanted).await.succeeds();
        assert!(agrees(&planned.task.id, &again.task.id));
        let made = apply.create(again).await.succeeds();
        let private = apply.plan_destroy(&kept).await.succeeds();
        apply.destroy(&kept, private).await.succeeds();
        let tasks = tasks(&server).await;
        assert_eq!(tasks.len(), 1, "{tasks:#?}");
        assert!(tasks[0].is_running() && Value::Value(tasks[0].id.clone()) == made.0.task.id);
    }
}

#[tokio::test]
async fn a_replacement_that_is_destroyed_first_has_the_id_of_its_predecessor() {
    let server = server();
    let wanted = config("cpu high", MESSAGE);
    let prior = Walk::new(&server).make(&wanted).await.succeeds();
    let plan = Walk::new(&server);
    let kept = plan.read(&prior).await;
    plan.plan_update(&kept, &wanted).await.succeeds();
    plan.plan_anew(&wanted).await.succeeds();
    let apply = Walk::new(&server);
    apply.destroy(&kept, Value::Null).await.succeeds();
    let made = apply.make(&wanted).await;
    assert_eq!(made.warnings(), Vec::<String>::new());
    assert_eq!(made.succeeds().0.task.id, prior.0.task.id);
}

#[tokio::test]
async fn a_rule_that_goes_at_one_address_and_comes_at_another_is_refused_in_any_order() {
    for order in orders(2, 1) {
        let server = server();
        let wanted = config("cpu high", MESSAGE);
        let prior = Walk::new(&server).make(&wanted).await.succeeds();
        let plan = Walk::new(&server);
        let (mut kept, mut has_read, mut errors) = (prior.clone(), false, Vec::new());
        for goes in &order {
            match (*goes, has_read) {
                (true, false) => {
                    kept = plan.read(&prior).await;
                    has_read = true;
                }
                (true, true) => errors.extend(plan.plan_destroy(&kept).await.diags.errors),
                (false, _) => errors.extend(plan.plan_create(&wanted).await.diags.errors),
            }
        }
        let [error] = errors.as_slice() else {
            panic!("{order:?}: {errors:#?}");
        };
        assert_eq!(error.summary, "The resource has moved");
        assert!(error.detail.contains("moved {"), "{error:#?}");
    }
}

#[tokio::test]
async fn a_copy_of_a_rule_is_refused_in_any_order() {
    let wanted = config("cpu high", MESSAGE);
    for order in orders(2, 1) {
        let server = server();
        let prior = Walk::new(&server).make(&wanted).await.succeeds();
        let plan = Walk::new(&server);
        let (mut kept, mut has_read, mut errors) = (prior.clone(), false, Vec::new());
        for of_the_first in &order {
            match (*of_the_first, has_read) {
                (true, false) => {
                    kept = plan.read(&prior).await;
                    has_read = true;
                }
                (true, true) => errors.extend(plan.plan_update(&kept, &wanted).await.diags.errors),
                (false, _) => errors.extend(plan.plan_create(&wanted).await.diags.errors),
            }
        }
        assert_eq!(errors.len(), 1, "{order:?}: {errors:#?}");
        assert_eq!(errors[0].summary, "Two resources have the same object");
    }
    let server = server();
    let plan = Walk::new(&server);
    plan.plan_create(&wanted).await.succeeds();
    plan.plan_create(&wanted)
        .await
        .fails("Two resources have the same object");
}

/// A replacement with create_before_destroy that broke off leaves two entries of the state with one task. The next plan may
/// come to either of them first.
#[tokio::test]
async fn what_a_broken_off_replacement_left_goes_without_the_task_in_any_order() {
    let wanted = config("cpu high", MESSAGE);
    for plan_order in orders(2, 2) {
        for applies_new_first in [true, false] {
            let server = server();
            let new = Walk::new(&server).make(&wanted).await.succeeds();
            let old = new.clone();
            let plan = Walk::new(&server);
            let (mut read_new, mut read_old, mut planned) = (None, None, None);
            for of_the_new in &plan_order {
                match (*of_the_new, &read_new, &read_old) {
                    (true, None, _) => read_new = Some(plan.read(&new).await),
                    (true, Some(read), _) => planned = Some(plan.plan_update(read, &wanted).await.succeeds()),
                    (false, _, None) => read_old = Some(plan.read(&old).await),
                    (false, _, Some(read)) => drop(plan.plan_destroy(read).await.succeeds()),
                }
            }
            let (read_new, read_old, planned) = (read_new.unwrap(), read_old.unwrap(), planned.unwrap());
            let changes = planned.state != read_new.0;

            let apply = Walk::new(&server);
            for of_the_new in [applies_new_first, !applies_new_first] {
                if !of_the_new {
                    let private = apply.plan_destroy(&read_old).await.succeeds();
                    apply.destroy(&read_old, private).await.succeeds();
                } else if changes {
                    let again = apply.plan_update(&read_new, &wanted).await.succeeds();
                    assert!(agrees(&planned.task.id, &again.task.id), "{plan_order:?}");
                    if again.state != read_new.0 {
                        apply.update(&read_new, again).await.succeeds();
                    }
                }
            }
            let tasks = tasks(&server).await;
            assert_eq!(tasks.len(), 1, "{plan_order:?}, new first: {applies_new_first}");
            assert!(tasks[0].is_running());
            assert_eq!(Value::Value(tasks[0].id.clone()), new.0.task.id);
        }
    }
}

/// An apply plans the destroy of a deposed object again, with what the state has of it, and never comes to a resource that
/// the plan left alone.
#[tokio::test]
async fn what_a_broken_off_replacement_left_is_left_alone_by_an_apply_that_has_nothing_else_to_do() {
    let server = server();
    let wanted = config("cpu high", MESSAGE);
    let made = Walk::new(&server).make(&wanted).await.succeeds();
    let plan = Walk::new(&server);
    let new = plan.read(&made).await;
    let planned = plan.plan_update(&new, &wanted).await.succeeds();
    assert_eq!(planned.state, new.0, "the plan leaves the rule alone");
    let old = plan.read(&made).await;
    plan.plan_destroy(&old).await.succeeds();

    let apply = Walk::new(&server);
    let private = apply.plan_destroy(&old).await.succeeds();
    apply.destroy(&old, private).await.succeeds();
    assert!(tasks(&server).await.iter().any(Task::is_running), "the rule is gone");
}

/// The destroy of the one has begun when Terraform comes to the other.
#[tokio::test]
async fn what_a_broken_off_replacement_left_goes_without_the_task_if_applied_at_once() {
    let server = server();
    let wanted = config("cpu high", MESSAGE);
    let made = Walk::new(&server).make(&wanted).await.succeeds();
    let plan = Walk::new(&server);
    let (new, old) = (plan.read(&made).await, plan.read(&made).await);
    let private = plan.plan_destroy(&old).await.succeeds();
    plan.plan_update(&new, &wanted).await.succeeds();

    let apply = Walk::new(&server);
    let changes = async {
        let again = apply.plan_update(&new, &wanted).await.succeeds();
        apply.update(&new, again).await
    };
    let (gone, changed) = tokio::join!(apply.destroy(&old, private), changes);
    gone.succeeds();
    let changed = changed.succeeds();
    let tasks = tasks(&server).await;
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert!(tasks[0].is_running());
    assert_eq!(Value::Value(tasks[0].id.clone()), changed.0.task.id);
}

#[tokio::test]
async fn a_rule_that_the_server_has_already_is_never_taken_over_in_silence() {
    let server = server();
    let wanted = config("cpu high", MESSAGE);
    let first = Walk::new(&server).make(&wanted).await.succeeds();
    let second = Walk::new(&server);
    let planned = second.plan_create(&wanted).await;
    assert_eq!(planned.warnings(), ["Kapacitor has this task already"]);
    let created = second.create(planned.succeeds()).await;
    assert_eq!(created.warnings(), ["The task was there already"]);
    assert_eq!(created.succeeds().0.task.id, first.0.task.id);

    let third = Walk::new(&server);
    let planned = third.plan_create(&config("cpu high", "other")).await;
    assert_eq!(planned.warnings(), ["Kapacitor has another task of this id"]);
    assert_ne!(
        third.create(planned.succeeds()).await.succeeds().0.task.id,
        first.0.task.id
    );
    assert_eq!(tasks(&server).await.len(), 2);
}

#[tokio::test]
async fn a_new_rule_that_nobody_has_is_not_warned_of() {
    let server = server();
    let walk = Walk::new(&server);
    let planned = walk.plan_create(&config("cpu high", MESSAGE)).await;
    assert_eq!(planned.warnings(), Vec::<String>::new());
}

/// An apply plans each creation once more. Terraform takes it for a bug if what the plan knew is not the same then, whatever
/// another machine did meanwhile.
#[tokio::test]
async fn a_task_that_appears_after_the_plan_changes_nothing_that_the_plan_knew() {
    let wanted = config("cpu high", MESSAGE);
    let mut fixed = wanted.clone();
    fixed.task.task_id = Value::Value("cpu".to_owned());
    for (wanted, message) in [
        (&wanted, MESSAGE),
        (&wanted, "other"),
        (&fixed, MESSAGE),
        (&fixed, "other"),
    ] {
        let server = server();
        let planned = Walk::new(&server).plan_create(wanted).await.succeeds();
        let mut theirs = wanted.clone();
        theirs.attributes.message = Value::Value(message.to_owned());
        Walk::new(&server).make(&theirs).await.succeeds();
        let apply = Walk::new(&server);
        let again = apply.plan_create(wanted).await.succeeds();
        assert!(
            agrees(&planned.task.id, &again.task.id),
            "{:?}, then {:?}",
            planned.task.id,
            again.task.id
        );
        assert_eq!(planned.task.tickscript, again.task.tickscript);
        let created = apply.create(again).await;
        if wanted.task.task_id.is_value() && message != MESSAGE {
            created.fails("Another task has the id");
        } else {
            assert!(!created.warnings().is_empty(), "a second owner in silence");
            created.succeeds();
        }
    }
}

#[tokio::test]
async fn a_task_of_a_fixed_id_that_is_another_rule_is_left_alone() {
    let server = server();
    Walk::new(&server).make(&config("cpu high", MESSAGE)).await.succeeds();
    let id = tasks(&server).await[0].id.clone();
    let mut other = config("cpu low", MESSAGE);
    other.task.task_id = Value::Value(id.clone());
    let walk = Walk::new(&server);
    let planned = walk.plan_create(&other).await;
    assert_eq!(planned.warnings(), ["Kapacitor has another task of this id"]);
    let detail = walk.create(planned.succeeds()).await.fails("Another task has the id");
    assert!(detail.contains(&format!("terraform import ADDRESS {id}")), "{detail}");
}
