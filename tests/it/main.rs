//! The program from outside, with real interpreters, shells and tools. Every test has a home and directories of its
//! own; nothing of the machine's configuration reaches it.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::print_stderr, reason = "tests touch the machine")]

mod clear;
mod cli;
mod config;
mod debris;
mod demo;
mod export;
mod fences;
mod fill;
mod formats;
mod hook;
mod hostile;
mod idle;
mod imports;
mod import;
mod install;
mod layouts;
mod nasty;
mod noise;
mod odd_bytecode;
mod onslaught;
mod own_ways;
mod policies;
mod projects;
mod prompts;
mod pty;
mod pytest;
mod race;
mod run;
mod safety;
mod sandbox;
mod schema;
mod shells;
mod stale;
mod terminal;
mod trees;
mod trust;
mod uv;
mod values;
mod verdicts;
mod verify;
mod walks;
mod warm;
mod why_bytecode;
mod why_copies;
mod why_editable;
mod why_environments;
mod why_healthy;
mod why_missing;
mod why_oddities;
mod why_processes;
mod why_safety;
mod why_shadows;
