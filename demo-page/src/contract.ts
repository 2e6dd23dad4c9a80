// What the stand-in Slack tells the page and takes from it; the other side is bot/demo/page.py.

export type Text = { type: "plain_text" | "mrkdwn"; text: string; emoji?: boolean; verbatim?: boolean };
export type Option = { text: Text; value: string; description?: Text; url?: string };
export type OptionGroup = { label: Text; options: Option[] };
export type Confirm = { title: Text; text: Text; confirm: Text; deny: Text; style?: "primary" | "danger" };

/** An interactive element; each type uses some of these. */
export type Element = {
  type: string;
  action_id?: string;
  text?: Text;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  confirm?: Confirm;
  accessibility_label?: string;
  placeholder?: Text;
  options?: Option[];
  option_groups?: OptionGroup[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_date?: string;
  initial_time?: string;
  initial_date_time?: number;
  initial_value?: string;
  initial_conversation?: string;
  initial_conversations?: string[];
  initial_channel?: string;
  initial_channels?: string[];
  initial_user?: string;
  initial_users?: string[];
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  min_query_length?: number;
  is_decimal_allowed?: boolean;
  focus_on_load?: boolean;
  filter?: { include?: string[] };
};

export type Cell = { type: "raw_text" | "raw_number" | "rich_text"; text?: string; value?: number };

export type Block = {
  type: string;
  block_id?: string;
  text?: Text;
  fields?: Text[];
  accessory?: Element;
  elements?: Element[];
  element?: Element;
  label?: Text;
  hint?: Text;
  optional?: boolean;
  dispatch_action?: boolean;
  caption?: string;
  rows?: Cell[][];
  page_size?: number;
};

/** What an element holds, as in Slack's `state.values`. */
export type Held = {
  type: string;
  value?: string | null;
  selected_option?: Option | null;
  selected_options?: Option[];
  selected_date?: string | null;
  selected_time?: string | null;
  selected_date_time?: number | null;
  selected_conversation?: string | null;
  selected_conversations?: string[];
  selected_channel?: string | null;
  selected_channels?: string[];
  selected_user?: string | null;
  selected_users?: string[];
};
export type Values = Record<string, Record<string, Held>>;

export type Person = { id: string; name: string; role: string; locale: string; avatar?: string | null };
export type Channel = { id: string; name: string; kind: "channel" | "dm" | "app"; user?: string };
export type File = { name: string; url: string };
export type Message = {
  ts: string;
  user: string | null;
  name: string;
  is_bot: boolean;
  ephemeral: boolean;
  edited: boolean;
  text: string;
  blocks: Block[];
  thread_ts: string | null;
  reply_count: number;
  files: File[];
};
export type View = {
  id: string;
  type: "modal" | "home";
  blocks: Block[];
  title?: Text;
  submit?: Text | null;
  close?: Text | null;
  errors?: Record<string, string> | null;
  state?: { values: Values };
};
export type Notice = { id?: string | number; channel?: string | null; text: string };
export type State = {
  revision: number;
  now: number;
  zone: string;
  people: Person[];
  channels: Channel[];
  messages: Record<string, Message[]>;
  home: View | null;
  modal: View | null;
  notices: Notice[];
};
export type Suggestion = { text: string; hint: string };
/** What came of something; `told` when whoever did it has a notice of what went wrong. */
export type Outcome = { ok: boolean; error?: string; told?: boolean };
export type Choices = Outcome & { options?: Option[]; option_groups?: OptionGroup[] };

const ROOT = "/api/page";

/** Return what somebody sees; null while the demo is still reading its helpdesk. */
export async function readState(user: string): Promise<State | null> {
  const response = await fetch(`${ROOT}/state?user=${encodeURIComponent(user)}`);
  if (!response.ok) throw new Error(`state: ${response.status}`);
  const said = await response.json();
  return said.reading ? null : said;
}

export async function complete(user: string, text: string, signal: AbortSignal): Promise<Suggestion[]> {
  const query = new URLSearchParams({ user, text });
  const response = await fetch(`${ROOT}/complete?${query}`, { signal });
  return response.ok ? (await response.json()).suggestions : [];
}

type Doing = "command" | "message" | "action" | "options" | "submit" | "close" | "home" | "clock" | "locale";

export async function act<Result extends Outcome = Outcome>(doing: Doing, body: object): Promise<Result> {
  const response = await fetch(`${ROOT}/${doing}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) return { ok: false, error: `http_${response.status}` } as Result;
  return response.json();
}

/** Call `changed` for every new revision until the returned function ends it. */
export function follow(user: string, changed: (revision: number) => void): () => void {
  const source = new EventSource(`${ROOT}/changes?user=${encodeURIComponent(user)}`);
  source.onmessage = (event) => changed(JSON.parse(event.data).revision);
  return () => source.close();
}
