// Every call of the official npm client that this server serves; prints one JSON line a check.
import Replicate, { validateWebhook } from "replicate";

const { BASE, TOKEN, VERSION, HOOK } = process.env;
const https = BASE.startsWith("https:");
const replicate = new Replicate({ auth: TOKEN, baseUrl: `${BASE}/v1` });
const ASKED = { prompt_a: "lofi" };
const BY_VERSION = `riffusion/riffusion:${VERSION}`;

function must(holds, what) {
  if (!holds) throw new Error(what);
}

const checks = {
  async create_wait_get() {
    const made = await replicate.predictions.create({ version: VERSION, input: ASKED });
    must(["starting", "processing", "succeeded"].includes(made.status), made.status);
    const ended = await replicate.wait(made, { interval: 50 });
    must(ended.status === "succeeded", ended.status);
    const read = await replicate.predictions.get(made.id);
    must(read.output.audio === ended.output.audio, "same output");
    must(Object.values(read.urls).every((url) => url.startsWith(BASE)), JSON.stringify(read.urls));
  },
  async create_by_model_and_wait() {
    const made = await replicate.predictions.create({ model: "riffcord/engine", input: ASKED, wait: 20 });
    must(made.status === "succeeded", made.status);
  },
  async create_with_webhook_and_filter() {
    const made = await replicate.predictions.create({
      version: VERSION, input: ASKED, webhook: HOOK, webhook_events_filter: ["start", "completed"],
    });
    must(made.webhook === HOOK, "webhook echoed");
    await replicate.wait(made, { interval: 50 });
  },
  async list() {
    const page = await replicate.predictions.list();
    must(page.results.length >= 2 && page.next === null, JSON.stringify(page).slice(0, 200));
  },
  async paginate() {
    const seen = new Set();
    for await (const batch of replicate.paginate(replicate.predictions.list)) batch.forEach((p) => seen.add(p.id));
    must(seen.size >= 2, String(seen.size));
  },
  async cancel_a_finished_one() {
    const [newest] = (await replicate.predictions.list()).results;
    must((await replicate.predictions.cancel(newest.id)).status === "succeeded", "stays as it was");
  },
  async run_by_version() {
    const output = await replicate.run(BY_VERSION, { input: ASKED });
    must(String(https ? output.audio.url() : output.audio).startsWith(BASE), "address below base");
    if (https) {
      const bytes = new Uint8Array(await (await output.audio.blob()).arrayBuffer());
      must(String.fromCharCode(...bytes.slice(0, 4)) === "RIFF", "FileOutput reads the sound");
    }
  },
  async run_by_model_with_progress() {
    let calls = 0;
    const output = await replicate.run("riffcord/engine", { input: ASKED }, () => { calls += 1; });
    must(output.audio && calls > 0, "progress was told");
  },
  async run_by_polling() {
    const output = await replicate.run(BY_VERSION, { input: ASKED, wait: { mode: "poll", interval: 50 } });
    must(output.audio, "output");
  },
  async run_without_file_output() {
    const plain = new Replicate({ auth: TOKEN, baseUrl: `${BASE}/v1`, useFileOutput: false });
    must(typeof (await plain.run(BY_VERSION, { input: ASKED })).audio === "string", "a plain address");
  },
  async stream() {
    const names = [];
    for await (const event of replicate.stream(BY_VERSION, { input: ASKED })) names.push(event.event);
    must(names.at(-1) === "done" && names.includes("output") && names.includes("logs"), names.join());
  },
  async models_get() {
    const model = await replicate.models.get("riffusion", "riffusion");
    must(model.latest_version.id === VERSION, "latest version");
  },
  async models_list() {
    const names = (await replicate.models.list()).results.map((model) => model.name);
    must(names.includes("riffusion") && names.includes("engine"), names.join());
  },
  async models_search() {
    const names = (await replicate.models.search("riffusion")).results.map((model) => model.name);
    must(names.includes("riffusion"), names.join());
  },
  async versions_list() {
    const page = await replicate.models.versions.list("riffusion", "riffusion");
    must((page.results ?? page)[0].id === VERSION, "the version");
  },
  async versions_get() {
    const version = await replicate.models.versions.get("riffusion", "riffusion", VERSION);
    must(version.openapi_schema.components.schemas.Input.properties.prompt_a, "input schema");
  },
  async account() {
    must((await replicate.accounts.current()).username, "user name");
  },
  async files() {
    const made = await replicate.files.create(new Blob(["la la"], { type: "text/plain" }), { take: 1 });
    must(made.size === 5 && made.metadata.take === 1, JSON.stringify(made));
    must((await replicate.files.get(made.id)).id === made.id, "get");
    must((await replicate.files.list()).results.some((file) => file.id === made.id), "list");
    must(await replicate.files.delete(made.id), "delete");
    must(!(await replicate.files.list()).results.some((file) => file.id === made.id), "gone");
  },
  async a_file_as_input() {
    const audio = new Blob(['{"format": 2}'], { type: "application/json" });
    const made = await replicate.predictions.create({
      model: "riffcord/engine", input: { kind: "morph", transform: "cover", audio },
    });
    const ended = await replicate.wait(made, { interval: 50 });
    must(ended.status === "succeeded", ended.error);
    must(made.input.audio.startsWith(BASE), made.input.audio);
  },
  async webhook_validation() {
    const heard = JSON.parse(await (await fetch(`${HOOK}/heard`)).text());
    const secret = (await replicate.webhooks.default.secret.get()).key;
    must(heard.length > 0, "webhooks arrived");
    for (const { id, timestamp, signature, body } of heard)
      must(await validateWebhook({ id, timestamp, signature, body, secret }), "valid");
    const last = heard.at(-1);
    const parsed = { id: last.id, timestamp: last.timestamp, signature: last.signature, secret };
    must(await validateWebhook({ ...parsed, body: JSON.stringify(JSON.parse(last.body)) }), "valid when encoded anew");
  },
  async refusals() {
    for (const [status, call] of [
      [404, () => replicate.predictions.get("nope")],
      [404, () => replicate.models.get("no", "body")],
      [422, () => replicate.predictions.create({ version: VERSION, input: { alpha: 2 } })],
      [401, () => new Replicate({ auth: "wrong", baseUrl: `${BASE}/v1` }).predictions.list()],
    ]) {
      const error = await call().then(() => null, (caught) => caught);
      must(error?.response?.status === status, `${status}: ${error}`);
    }
  },
};

for (const [name, check] of Object.entries(checks)) {
  const problem = await check().then(() => null, (error) => String(error?.stack ?? error));
  console.log(JSON.stringify({ name, problem }));
}
