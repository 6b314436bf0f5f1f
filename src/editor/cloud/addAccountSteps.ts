import type { CallFailure } from "../../alibaba/call.ts";
import type { Credential, CredentialFailure, CredentialSource } from "../../alibaba/credential.ts";
import { commandFingerprint } from "../../alibaba/credentials/command.ts";
import type { ProfileFile } from "../../alibaba/credentials/profileFile.ts";
import { type CustomEndpoints, type EndpointTemplate, regionsOf, type Site } from "../../alibaba/endpoints.ts";
import type { CallerIdentity } from "../../alibaba/identity.ts";
import { type Answer, answered, type Step, type StepOutcome, walk } from "./steps.ts";

/** What is known of the account that is being added. */
export type AccountDraft = {
  readonly source: CredentialSource;
  /** Of the profile, where it has one. */
  readonly region: string | undefined;
  /** What is being typed in. */
  readonly typed: Credential;
  readonly confirmedCommands: readonly string[];
  readonly site: Site;
  readonly network: Network;
  readonly endpoints: CustomEndpoints;
  readonly identity: CallerIdentity | undefined;
  /** Empty for all; undefined as long as nobody chose. */
  readonly regions: readonly string[] | undefined;
  readonly name: string | undefined;
};

export type Network = "public" | "vpc" | "custom";
export type Service = "ack" | "sls" | "sts";

/** The questions as the editor asks them. */
export interface AddAccountQuestions {
  source(
    profiles: ProfileFile | CredentialFailure,
    chosen: CredentialSource,
  ): Promise<Answer<{ readonly source: CredentialSource; readonly region: string | undefined }>>;
  accessKeyId(written: string): Promise<Answer<string>>;
  accessKeySecret(): Promise<Answer<string>>;
  /** Empty for none. */
  securityToken(): Promise<Answer<string>>;
  site(chosen: Site): Promise<Answer<Site>>;
  network(chosen: Network): Promise<Answer<Network>>;
  /** Undefined for the public one. */
  endpoint(service: Service, written: EndpointTemplate | undefined): Promise<Answer<EndpointTemplate | undefined>>;
  /** Whether this command of a profile may be run, now and each time that the credential is renewed. */
  command(profile: string, command: string): Promise<Answer<true>>;
  /** Shows that the identity is being checked, and lets it be cancelled. */
  checking<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value>;
  failed(failure: CallFailure, source: CredentialSource): Promise<"again" | "back" | "cancel">;
  /** Empty for all. */
  regions(known: readonly string[], chosen: readonly string[]): Promise<Answer<readonly string[]>>;
  name(suggested: string, taken: readonly string[]): Promise<Answer<string>>;
}

export type AddAccountParts = {
  readonly questions: AddAccountQuestions;
  readonly profiles: () => Promise<ProfileFile | CredentialFailure>;
  readonly identify: (draft: AccountDraft, signal: AbortSignal) => Promise<CallerIdentity | CallFailure>;
  /** The names that other accounts have. */
  readonly taken: () => readonly string[];
};

const first: AccountDraft = {
  source: { kind: "chain" },
  region: undefined,
  typed: { accessKeyId: "", accessKeySecret: "", securityToken: undefined, expiresMs: undefined },
  confirmedCommands: [],
  site: "china",
  network: "public",
  endpoints: {},
  identity: undefined,
  regions: undefined,
  name: undefined,
};

/** An account that is complete and whose identity was checked. */
export type CheckedDraft = AccountDraft & {
  readonly identity: CallerIdentity;
  readonly regions: readonly string[];
  readonly name: string;
};

/** Asks for all that an account needs. Nothing is stored here; undefined when the person gave up. */
export async function askForAccount(parts: AddAccountParts): Promise<CheckedDraft | undefined> {
  const draft = await walk(stepsOf(parts), first);
  if (draft?.identity === undefined || draft.regions === undefined || draft.name === undefined) return undefined;
  return { ...draft, identity: draft.identity, regions: draft.regions, name: draft.name };
}

function stepsOf(parts: AddAccountParts): readonly Step<AccountDraft>[] {
  const { questions } = parts;
  return [
    async (draft) => {
      const profiles = await parts.profiles();
      const likely = draft.source === first.source ? (currentProfile(profiles) ?? draft.source) : draft.source;
      return answered(await questions.source(profiles, likely), ({ source, region }) => {
        // Regions that were chosen for another profile say nothing about this one.
        const isSame = JSON.stringify(source) === JSON.stringify(draft.source);
        return { ...draft, source, region, regions: isSame ? draft.regions : undefined };
      });
    },
    ...typedSteps(questions),
    async (draft) => answered(await questions.site(draft.site), (site) => ofSite(draft, site)),
    async (draft) =>
      answered(await questions.network(draft.network), (network) => ({
        ...draft,
        network,
        endpoints: network === "vpc" ? { network } : network === "custom" ? draft.endpoints : {},
      })),
    ...(["ack", "sls", "sts"] as const).map((service) => endpointStep(questions, service)),
    (draft) => checkStep(parts, draft),
    async (draft) => {
      const known = regionsOf(draft.site);
      const own = draft.region !== undefined && known.includes(draft.region) ? [draft.region] : [];
      return answered(await questions.regions(known, draft.regions ?? own), (regions) => ({ ...draft, regions }));
    },
    async (draft) =>
      answered(await questions.name(draft.name ?? suggestedName(draft), parts.taken()), (name) => ({ ...draft, name })),
  ];
}

/** What the CLI itself would use. */
function currentProfile(file: ProfileFile | CredentialFailure): CredentialSource | undefined {
  if (file.kind !== "profileFile") return undefined;
  const { path, current, profiles } = file;
  const profile = (profiles.find(({ name }) => name === current) ?? profiles[0])?.name;
  return profile === undefined ? undefined : { kind: "profile", path, profile };
}

/** The three that make up what is typed in; asked too when it is replaced. */
export function typedSteps(questions: AddAccountQuestions): readonly Step<AccountDraft>[] {
  const whereTyped =
    (ask: Step<AccountDraft>): Step<AccountDraft> =>
    async (draft) =>
      draft.source.kind === "typed" ? ask(draft) : { kind: "skip", draft };
  const withTyped = (draft: AccountDraft, part: Partial<Credential>): AccountDraft => ({
    ...draft,
    typed: { ...draft.typed, ...part },
  });
  return [
    whereTyped(async (draft) =>
      answered(await questions.accessKeyId(draft.typed.accessKeyId), (accessKeyId) =>
        withTyped(draft, { accessKeyId }),
      ),
    ),
    whereTyped(async (draft) =>
      answered(await questions.accessKeySecret(), (accessKeySecret) => withTyped(draft, { accessKeySecret })),
    ),
    whereTyped(async (draft) =>
      answered(await questions.securityToken(), (token) =>
        withTyped(draft, { securityToken: token === "" ? undefined : token }),
      ),
    ),
  ];
}

function ofSite(draft: AccountDraft, site: Site): AccountDraft {
  return site === draft.site ? draft : { ...draft, site, regions: undefined };
}

function endpointStep(questions: AddAccountQuestions, service: Service): Step<AccountDraft> {
  return async (draft) => {
    if (draft.network !== "custom") return { kind: "skip", draft };
    return answered(await questions.endpoint(service, draft.endpoints[service]), (endpoint) => {
      const { [service]: _, ...others } = draft.endpoints;
      return { ...draft, endpoints: endpoint === undefined ? others : { ...others, [service]: endpoint } };
    });
  };
}

/** Asks STS who this is, until it says so or the person goes back. A command is run only when it was allowed. */
export async function checkStep(
  { questions, profiles, identify }: Pick<AddAccountParts, "questions" | "profiles" | "identify">,
  before: AccountDraft,
): Promise<StepOutcome<AccountDraft>> {
  let draft = before;
  for (;;) {
    const tried = draft;
    const identity = await questions.checking((signal) => identify(tried, signal));
    if (identity.kind === "identity") return { kind: "skip", draft: { ...draft, identity } };
    if (isAborted(identity)) return { kind: "back" };
    const unconfirmed = await unconfirmedCommand(identity, profiles);
    if (unconfirmed !== undefined && !draft.confirmedCommands.includes(commandFingerprint(unconfirmed.command))) {
      const answer = await questions.command(unconfirmed.profile, unconfirmed.command);
      if (answer.kind !== "value") return answer;
      draft = {
        ...draft,
        confirmedCommands: [...draft.confirmedCommands, commandFingerprint(unconfirmed.command)],
      };
      continue;
    }
    const next = await questions.failed(identity, draft.source);
    if (next !== "again") return { kind: next };
  }
}

function isAborted(failure: CallFailure): boolean {
  if (failure.kind === "noCredential") return failure.failure.code === "aborted";
  return failure.kind === "noAnswer" && failure.failure.reason === "aborted";
}

async function unconfirmedCommand(
  failure: CallFailure,
  profiles: AddAccountParts["profiles"],
): Promise<{ readonly profile: string; readonly command: string } | undefined> {
  if (failure.kind !== "noCredential" || failure.failure.code !== "commandNotConfirmed") return undefined;
  const name = failure.failure.detail;
  const file = await profiles();
  const found = file.kind === "profileFile" ? file.profiles.find((profile) => profile.name === name) : undefined;
  const command = found?.texts.process_command;
  return command === undefined ? undefined : { profile: name, command };
}

/** The profile's name; without one, the last part of who it is: `acs:ram::1968132000123456:user/admin` is `admin`. */
function suggestedName({ source, identity }: AccountDraft): string {
  if (source.kind === "profile") return source.profile;
  const last = identity?.arn.split(/[:/]/).at(-1) ?? "";
  return last === "" || last === "root" ? (identity?.accountId ?? "") : last;
}
