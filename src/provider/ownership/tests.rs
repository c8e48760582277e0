use super::{Conflict, Creation, Holder, Keeping, Ownership};

const ID: &str = "chronograf-v1-x";

fn holder() -> Holder {
    Holder::named("cpu high")
}

/// Plans a creation as Terraform does: it validates first.
fn plan_creation(ownership: &Ownership, holder: &Holder) -> Result<Creation, Conflict> {
    ownership.announce(ID);
    ownership.plan_creation(ID, holder)
}

fn plan_keeping(ownership: &Ownership, holder: &Holder) -> Result<Keeping, Conflict> {
    ownership.announce(ID);
    ownership.plan_keeping(ID, Some(ID), holder, false)
}

#[test]
fn the_second_planning_of_a_replacement_is_no_clash() {
    let ownership = Ownership::default();
    assert!(!ownership.read(ID));
    assert_eq!(plan_keeping(&ownership, &holder()), Ok(Keeping::Undisputed));
    assert_eq!(ownership.plan_creation(ID, &holder()), Ok(Creation::InState));
}

#[test]
fn a_copy_of_a_resource_clashes_with_it_in_either_order() {
    let ownership = Ownership::default();
    ownership.read(ID);
    plan_keeping(&ownership, &holder()).unwrap();
    assert_eq!(plan_creation(&ownership, &holder()), Err(Conflict::Clash));

    let ownership = Ownership::default();
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Unseen));
    ownership.read(ID);
    assert_eq!(plan_keeping(&ownership, &holder()), Err(Conflict::Clash));
}

#[test]
fn a_copy_clashes_also_if_both_are_validated_before_either_is_planned() {
    let ownership = Ownership::default();
    ownership.read(ID);
    ownership.announce(ID);
    ownership.announce(ID);
    ownership.plan_keeping(ID, Some(ID), &holder(), false).unwrap();
    assert_eq!(ownership.plan_creation(ID, &holder()), Err(Conflict::Clash));
}

#[test]
fn two_creations_of_one_object_clash() {
    let ownership = Ownership::default();
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Unseen));
    assert_eq!(plan_creation(&ownership, &holder()), Err(Conflict::Clash));
}

#[test]
fn a_resource_that_goes_and_comes_has_moved_in_either_order() {
    let ownership = Ownership::default();
    assert_eq!(ownership.plan_destruction(ID, &holder()), Ok(false));
    assert_eq!(plan_creation(&ownership, &holder()), Err(Conflict::Moved));

    let ownership = Ownership::default();
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Unseen));
    assert_eq!(ownership.plan_destruction(ID, &holder()), Err(Conflict::Moved));
}

#[test]
fn a_rule_of_another_name_that_goes_is_no_move() {
    let ownership = Ownership::default();
    assert_eq!(
        ownership.plan_destruction(ID, &Holder::named("cpu high (old)")),
        Ok(false)
    );
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::InState));
}

#[test]
fn a_new_rule_that_takes_the_name_of_another_is_no_clash_in_either_order() {
    let old = Holder::named("cpu high (old)");
    let ownership = Ownership::default();
    ownership.plan_keeping(ID, None, &old, true).unwrap();
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::InState));
    assert!(!ownership.take(ID));

    let ownership = Ownership::default();
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Unseen));
    assert_eq!(ownership.plan_keeping(ID, None, &old, true), Ok(Keeping::Undisputed));
}

#[test]
fn a_rule_whose_object_was_claimed_by_a_new_one_learns_so() {
    let ownership = Ownership::default();
    plan_creation(&ownership, &holder()).unwrap();
    ownership.claim(ID);
    let old = Holder::named("cpu high (old)");
    assert_eq!(ownership.plan_keeping(ID, None, &old, true), Ok(Keeping::Taken));
    ownership.created(ID, Some(ID), &holder());
    assert_eq!(ownership.plan_keeping(ID, None, &old, true), Ok(Keeping::Taken));
}

#[test]
fn of_a_creation_and_the_resource_that_gives_an_object_up_the_first_has_it() {
    let old = Holder::named("cpu high (old)");
    let ownership = Ownership::default();
    assert!(ownership.take(ID));
    assert!(ownership.keep_unless_taken(ID, &old));
    ownership.release(ID);
    assert!(!ownership.keep_unless_taken(ID, &old));
    assert!(!ownership.take(ID));
}

#[test]
fn what_this_walk_created_outlives_the_destroy_of_its_predecessor() {
    let ownership = Ownership::default();
    plan_creation(&ownership, &holder()).unwrap();
    ownership.created(ID, Some(ID), &holder());
    assert_eq!(ownership.plan_destruction(ID, &holder()), Ok(true));
    assert!(!ownership.begin_destruction(ID));
}

#[test]
fn a_creation_that_failed_keeps_nothing() {
    let ownership = Ownership::default();
    plan_creation(&ownership, &holder()).unwrap();
    ownership.created(ID, None, &holder());
    assert!(ownership.begin_destruction(ID));
    assert_eq!(ownership.plan_destruction(ID, &holder()), Ok(false));
}

#[test]
fn a_tainted_resource_is_told_from_others() {
    let ownership = Ownership::default();
    ownership.read(ID);
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Tainted));
}

#[test]
fn an_object_that_was_destroyed_first_may_be_created_again() {
    let ownership = Ownership::default();
    ownership.read(ID);
    ownership.end_destruction(ID, true);
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Unseen));
    assert!(ownership.take(ID));
}

/// An apply that broke off within a replacement leaves the old entry beside the new one. Whichever is read or planned first,
/// either the destroy knows that it must leave the object, or the other one is written again.
#[test]
fn of_two_entries_of_the_state_one_always_learns_of_the_other() {
    // Each walk is an order of: the old entry is Read and Planned to go, the new one is read (r) and planned to stay (p).
    for walk in ["RPrp", "RrPp", "RrpP", "rRPp", "rRpP", "rpRP"] {
        let ownership = Ownership::default();
        let (mut is_left, mut is_written_again) = (false, false);
        for step in walk.chars() {
            match step {
                'R' => is_left |= ownership.read(ID),
                'P' => {
                    ownership.plan_destruction(ID, &holder()).unwrap();
                }
                'r' => {
                    ownership.read(ID);
                }
                _ => is_written_again = plan_keeping(&ownership, &holder()) == Ok(Keeping::Disputed),
            }
        }
        assert!(is_left || is_written_again, "{walk}");
    }
}

#[test]
fn a_fixed_id_excludes_every_other_resource() {
    let ownership = Ownership::default();
    ownership
        .plan_keeping(ID, None, &Holder::named("other"), false)
        .unwrap();
    assert_eq!(
        plan_creation(&ownership, &Holder::fixed("cpu high")),
        Err(Conflict::Clash)
    );
}

#[test]
fn a_new_walk_starts_from_nothing() {
    let ownership = Ownership::default();
    plan_creation(&ownership, &holder()).unwrap();
    ownership.forget_all();
    assert_eq!(plan_creation(&ownership, &holder()), Ok(Creation::Unseen));
}
