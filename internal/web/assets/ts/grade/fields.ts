// What a form holds, what is sent of it, and how two versions of it become one.

import type { Said } from "./server";

/** The fields of a form by name; absent or empty where nothing is given. */
export type Fields = Record<string, string>;

/** A field that was changed in two places, differently. */
export interface Collision {
  name: string;
  mine: string;
  theirs: string;
}

const score = "score.";

/** Makes of fields what the server reads. */
export function bodyOf(fields: Fields, revision: number): object {
  if (fields.note !== undefined) return { revision, note: fields.note };
  const scores: Record<string, number> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(score) && value !== "") scores[name.slice(score.length)] = Number(value);
  }
  return { revision, scores, comment: fields.comment ?? "" };
}

/** Makes fields of what the server says. */
export function fieldsOf({ scores, comment, note }: Said): Fields {
  if (note !== undefined) return { note };
  const fields: Fields = { comment: comment ?? "" };
  for (const [id, points] of Object.entries(scores ?? {})) fields[score + id] = String(points);
  return fields;
}

/** Reports whether two texts are one to the server, which tidies what it keeps. */
export function same(a = "", b = ""): boolean {
  return tidy(a) === tidy(b);
}

function tidy(text: string): string {
  return text.replace(/\r\n?/g, "\n").normalize("NFC").trim();
}

export function equal(a: Fields, b: Fields): boolean {
  return names(a, b).every((name) => same(a[name], b[name]));
}

/** Puts together what was changed here and elsewhere since both were base. What was changed in
 *  both stays as it is here, and is a collision. */
export function merge(base: Fields, mine: Fields, theirs: Fields): { merged: Fields; collisions: Collision[] } {
  const merged = { ...mine };
  const collisions: Collision[] = [];
  for (const name of names(mine, theirs)) {
    const [was, here = "", there = ""] = [base[name], mine[name], theirs[name]];
    if (same(here, there) || same(there, was)) continue;
    if (same(here, was)) merged[name] = there;
    else collisions.push({ name, mine: here, theirs: there });
  }
  return { merged, collisions };
}

/** Says how far a form's scores are given: all, some or none; "none" where there are none to give. */
export function standingOf(fields: Fields): "scored" | "begun" | "open" | "none" {
  const scores = Object.keys(fields).filter((name) => name.startsWith(score));
  const given = scores.filter((name) => fields[name] !== "").length;
  if (scores.length === 0) return "none";
  if (given === scores.length) return "scored";
  return given > 0 ? "begun" : "open";
}

function names(a: Fields, b: Fields): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
