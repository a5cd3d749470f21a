//! Laws of the machine: what follows from what, in tables of events and acts.

use super::*;

const GRACE: Duration = Duration::from_secs(5);

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn machine() -> Machine {
    Machine::new(GRACE, true)
}

/// What is done about events, each a millisecond after the one before.
fn acts(machine: &mut Machine, events: &[Event]) -> Vec<Act> {
    (1..)
        .zip(events)
        .flat_map(|(ms, event)| machine.on(event.clone(), at(ms)))
        .collect()
}

fn changed() -> Event {
    Event::Changed(Vec::new())
}

const ENDED: Event = Event::Ended(End::Exit(1));
const GONE: Event = Event::Later { lives: false };
const LIVES: Event = Event::Later { lives: true };
const ASKED: [Act; 2] = [Act::Send(Signal::SIGTERM), Act::Send(Signal::SIGCONT)];

#[test]
fn a_change_ends_the_whole_group_and_then_starts_the_command() {
    let mut machine = machine();
    assert_eq!(acts(&mut machine, &[changed()]), ASKED);
    assert_eq!(
        acts(&mut machine, &[GONE]),
        [],
        "the command itself has not ended"
    );
    assert_eq!(
        acts(&mut machine, &[ENDED, LIVES]),
        [Act::TakeTerminal, Act::Bury]
    );
    assert!(machine.asks_for_life());
    assert_eq!(
        acts(&mut machine, &[changed(), GONE]),
        [Act::Start(Vec::new())]
    );
    assert_eq!(acts(&mut machine, &[GONE, LIVES]), []);
}

#[test]
fn who_does_not_end_is_killed_and_who_can_not_be_killed_is_left() {
    let mut machine = machine();
    acts(&mut machine, &[changed()]);
    assert_eq!(machine.due(at(1)), Some(at(5001)));
    assert_eq!(machine.on(LIVES, at(5000)), []);
    assert_eq!(machine.on(LIVES, at(5001)), [Act::Send(Signal::SIGKILL)]);
    assert_eq!(machine.on(LIVES, at(5002)), []);
    assert_eq!(
        machine.on(LIVES, at(7001)),
        [Act::SayKilled, Act::Start(Vec::new())]
    );
}

#[test]
fn grandchildren_have_the_same_time() {
    let mut machine = machine();
    acts(&mut machine, &[changed(), ENDED]);
    assert_eq!(machine.due(at(4999)), Some(at(5001)));
    assert_eq!(machine.on(LIVES, at(5001)), [Act::Send(Signal::SIGKILL)]);
    assert_eq!(
        machine.on(GONE, at(5002)),
        [Act::SayKilled, Act::Start(Vec::new())]
    );
}

#[test]
fn what_ended_by_itself_waits_for_a_change_with_what_it_left() {
    let mut machine = machine();
    assert_eq!(
        acts(&mut machine, &[ENDED]),
        [Act::TakeTerminal, Act::SayEnd(End::Exit(1))]
    );
    assert_eq!(machine.due(at(9)), None);
    assert_eq!(
        acts(&mut machine, &[changed()]),
        [ASKED.to_vec(), vec![Act::Bury]].concat()
    );
    assert_eq!(acts(&mut machine, &[GONE]), [Act::Start(Vec::new())]);
}

#[test]
fn what_the_terminal_ended_ends_us_too() {
    let ends = [
        (End::Killed(Signal::SIGINT), 130),
        (End::Exit(130), 130),
        (End::Killed(Signal::SIGQUIT), 131),
        (End::Killed(Signal::SIGHUP), 129),
    ];
    for (end, status) in ends {
        let mut machine = machine();
        let all = acts(&mut machine, &[Event::Ended(end), GONE]);
        assert_eq!(
            all,
            [
                vec![Act::TakeTerminal],
                ASKED.to_vec(),
                vec![Act::Bury, Act::Exit(status)]
            ]
            .concat()
        );
    }
    let end = End::Killed(Signal::SIGKILL);
    assert_eq!(
        acts(&mut machine(), &[Event::Ended(end)]),
        [Act::TakeTerminal, Act::SayEnd(end)]
    );
}

#[test]
fn a_signal_is_passed_on_and_a_second_one_is_impatience() {
    let mut machine = machine();
    let int = || Event::Asked(Signal::SIGINT);
    assert_eq!(
        acts(&mut machine, &[int()]),
        [Act::Send(Signal::SIGINT), Act::Send(Signal::SIGCONT)]
    );
    assert_eq!(
        acts(&mut machine, &[int(), int()]),
        [Act::Send(Signal::SIGKILL)]
    );
    assert_eq!(
        acts(&mut machine, &[ENDED, GONE]),
        [Act::TakeTerminal, Act::Bury, Act::Exit(130)]
    );
}

#[test]
fn a_signal_turns_a_new_start_into_the_end() {
    let all = acts(
        &mut machine(),
        &[changed(), Event::Asked(Signal::SIGTERM), ENDED, GONE],
    );
    assert_eq!(all.last(), Some(&Act::Exit(143)));
    let interrupted = Event::Ended(End::Killed(Signal::SIGINT));
    let all = acts(&mut machine(), &[changed(), interrupted, GONE]);
    assert_eq!(
        all.last(),
        Some(&Act::Start(Vec::new())),
        "how it ended is its own affair"
    );
}

#[test]
fn we_stop_with_the_command_and_go_on_with_it() {
    let mut machine = machine();
    let stopped = Event::Stopped {
        signal: Signal::SIGTSTP,
        has_terminal: false,
    };
    let stop = || Event::Asked(Signal::SIGTSTP);
    assert_eq!(
        acts(&mut machine, std::slice::from_ref(&stopped)),
        [Act::TakeTerminal, Act::StopOthers]
    );
    assert_eq!(acts(&mut machine, &[stop()]), [Act::Stop]);
    assert_eq!(
        acts(&mut machine, &[stop(), Event::Asked(Signal::SIGCONT)]),
        [Act::Continue]
    );
    assert_eq!(
        acts(&mut machine, &[stop()]),
        [Act::Send(Signal::SIGTSTP)],
        "the command is asked first"
    );
    assert_eq!(
        acts(&mut machine, &[stopped, stop()]).last(),
        Some(&Act::Stop)
    );
    assert_eq!(machine.on(GONE, at(100)), []);
    assert_eq!(
        machine.on(GONE, at(202)),
        [Act::Continue],
        "nobody could have continued us"
    );
}

#[test]
fn what_lacks_the_terminal_gets_it_or_waits_for_it() {
    let stopped = |has_terminal| Event::Stopped {
        signal: Signal::SIGTTIN,
        has_terminal,
    };
    assert_eq!(acts(&mut machine(), &[stopped(true)]), [Act::Continue]);
    let mut machine = machine();
    let all = acts(
        &mut machine,
        &[stopped(false), Event::Asked(Signal::SIGTSTP)],
    );
    assert_eq!(all, [Act::TakeTerminal, Act::StopOthers, Act::Stop]);
    assert_eq!(
        machine.on(GONE, at(900)),
        [],
        "or it would stop again, for ever"
    );
    assert_eq!(
        acts(&mut machine, &[Event::Asked(Signal::SIGCONT)]),
        [Act::Continue]
    );
}

#[test]
fn without_a_terminal_nobody_stops_with_the_command() {
    let mut machine = Machine::new(GRACE, false);
    let stopped = Event::Stopped {
        signal: Signal::SIGSTOP,
        has_terminal: false,
    };
    assert_eq!(acts(&mut machine, &[stopped]), []);
}

#[test]
fn what_waits_for_a_change_stops_at_once_and_a_stopped_command_can_end() {
    let mut machine = machine();
    acts(&mut machine, &[ENDED]);
    assert_eq!(
        acts(&mut machine, &[Event::Asked(Signal::SIGTSTP)]),
        [Act::Stop]
    );
    assert_eq!(acts(&mut machine, &[Event::Asked(Signal::SIGCONT)]), []);
    let mut machine = self::machine();
    let stopped = Event::Stopped {
        signal: Signal::SIGTSTP,
        has_terminal: false,
    };
    assert_eq!(
        acts(&mut machine, &[changed(), stopped]).last(),
        Some(&Act::Send(Signal::SIGCONT))
    );
}
