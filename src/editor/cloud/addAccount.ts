import { homedir } from "node:os";
import * as vscode from "vscode";
import type { CredentialFailure, CredentialSource } from "../../alibaba/credential.ts";
import { cliProfilePath } from "../../alibaba/credentials/chain.ts";
import { type Profile, type ProfileFile, readProfileFile } from "../../alibaba/credentials/profileFile.ts";
import { writeTyped } from "../../alibaba/credentials/provider.ts";
import { isEndpointProblem, readEndpoint, type Site } from "../../alibaba/endpoints.ts";
import { signalOf } from "../cancellation.ts";
import {
  callFailureText,
  credentialFailureText,
  endpointProblemText,
  networkText,
  serviceText,
  siteText,
} from "../wording/cloud.ts";
import {
  type AccountDraft,
  type AddAccountQuestions,
  askForAccount,
  checkStep,
  type Network,
  typedSteps,
} from "./addAccountSteps.ts";
import { type CallWorld, identifyWith } from "./callContext.ts";
import { type Choice, pickMany, pickOne, writeLine } from "./quickInput.ts";
import { type Answer, walk } from "./steps.ts";
import type { StoredAccount, StoredAccounts } from "./storedAccounts.ts";

const { t } = vscode.l10n;

/** *Add Account…*: asks, checks who it is, and only then stores. Undefined when the person gave up. */
export async function addAccount(world: CallWorld, stored: StoredAccounts): Promise<StoredAccount | undefined> {
  const draft = await askForAccount({
    questions: questionsWith(t("Add Alibaba Cloud Account")),
    profiles: readProfiles,
    identify: identifyWith(world),
    taken: () => stored.all().map(({ name }) => name),
  });
  if (draft === undefined) return undefined;
  const { source, site, endpoints, regions, name, confirmedCommands, identity } = draft;
  const account: StoredAccount = {
    id: crypto.randomUUID(),
    name,
    source,
    site,
    endpoints,
    regions,
    confirmedCommands,
    owner: { accountId: identity.accountId, arn: identity.arn },
  };
  await stored.add(account, source.kind === "typed" ? writeTyped(draft.typed) : undefined);
  return account;
}

/**
 * *Sign In Again…*: what was typed in is typed in anew, a command is shown and allowed anew, and of the rest it is
 * checked whether it works. True when the account can be used.
 */
export async function signInAgain(world: CallWorld, stored: StoredAccounts, account: StoredAccount): Promise<boolean> {
  const questions = questionsWith(t("Sign In to {0}", account.name));
  const parts = { questions, profiles: readProfiles, identify: identifyWith(world) };
  const draft = await walk<AccountDraft>([...typedSteps(questions), (before) => checkStep(parts, before)], {
    source: account.source,
    region: undefined,
    typed: { accessKeyId: "", accessKeySecret: "", securityToken: undefined, expiresMs: undefined },
    confirmedCommands: account.confirmedCommands,
    site: account.site,
    network: "custom",
    endpoints: account.endpoints,
    identity: undefined,
    regions: account.regions,
    name: account.name,
  });
  if (draft?.identity === undefined) return false;
  const { accountId, arn } = draft.identity;
  if (accountId !== account.owner.accountId) {
    const message = t(
      "This credential belongs to the Alibaba Cloud account {0}, and {1} to {2}. Add it as an account of its own.",
      accountId,
      account.name,
      account.owner.accountId,
    );
    await vscode.window.showErrorMessage(message, { modal: true });
    return false;
  }
  const renewed = { ...account, confirmedCommands: draft.confirmedCommands, owner: { accountId, arn } };
  await stored.replace(renewed, account.source.kind === "typed" ? writeTyped(draft.typed) : undefined);
  return true;
}

function readProfiles(): Promise<ProfileFile | CredentialFailure> {
  return readProfileFile(cliProfilePath(homedir()));
}

type SourceValue = { readonly source: CredentialSource; readonly region: string | undefined };

function questionsWith(title: string): AddAccountQuestions {
  const required = (text: string) => (text.trim() === "" ? t("This is needed.") : undefined);
  return {
    source: (profiles, chosen) =>
      pickOne<SourceValue>(
        { title, placeholder: t("Where does the credential come from?"), isFirst: true },
        sourceChoices(profiles),
        ({ source }) => JSON.stringify(source) === JSON.stringify(chosen),
      ),
    accessKeyId: async (written) =>
      trimmed(
        await writeLine(
          {
            title,
            placeholder: t("AccessKey ID"),
            prompt: t("The AccessKey ID of a RAM user, or of a temporary credential of STS."),
          },
          written,
          required,
        ),
      ),
    accessKeySecret: async () =>
      trimmed(
        await writeLine(
          {
            title,
            placeholder: t("AccessKey secret"),
            prompt: t("The AccessKey secret. It is kept in the secret storage of the editor alone."),
            isSecret: true,
          },
          "",
          required,
        ),
      ),
    securityToken: async () =>
      trimmed(
        await writeLine(
          {
            title,
            placeholder: t("STS token"),
            prompt: t("The STS token of a temporary credential. Leave it empty for an AccessKey."),
            isSecret: true,
          },
          "",
          () => undefined,
        ),
      ),
    site: (chosen) =>
      pickOne<Site>(
        { title, placeholder: t("To which site does the account belong?") },
        (["china", "international", "finance", "government"] as const).map((site) => ({
          label: siteText(site),
          value: site,
        })),
        (site) => site === chosen,
      ),
    network: (chosen) =>
      pickOne<Network>(
        { title, placeholder: t("How is Alibaba Cloud reached from here?") },
        [
          { label: networkText("public"), value: "public" },
          {
            label: networkText("vpc"),
            description: t("from an ECS instance, without going through the Internet"),
            value: "vpc",
          },
          { label: networkText("custom"), value: "custom" },
        ],
        (network) => network === chosen,
      ),
    async endpoint(service, written) {
      const answer = await writeLine(
        {
          title,
          placeholder: placeholders[service],
          prompt: t(
            "Endpoint of {0}; '{region}' stands for the region. Empty for the public one.",
            serviceText(service),
          ),
        },
        written ?? "",
        (text) => {
          const read = text.trim() === "" ? undefined : readEndpoint(text);
          return read !== undefined && isEndpointProblem(read) ? endpointProblemText(read) : undefined;
        },
      );
      if (answer.kind !== "value") return answer;
      const read = answer.value.trim() === "" ? undefined : readEndpoint(answer.value);
      return { kind: "value", value: read === undefined || isEndpointProblem(read) ? undefined : read };
    },
    async command(profile, command) {
      const run = t("Allow and Run");
      const message = t("Profile {0} gets its credential from a command. Allow it to be run?", profile);
      const detail = t(
        "{0}\n\nIt is run now and whenever the credential has to be renewed, with your rights, as the Alibaba Cloud CLI does. If the command changes, you are asked again.",
        command,
      );
      const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, run);
      return chosen === run ? { kind: "value", value: true } : { kind: "back" };
    },
    checking: (work) =>
      Promise.resolve(
        vscode.window.withProgress(
          {
            location: vscode.ProgressLocation.Notification,
            title: t("Checking the identity with Alibaba Cloud…"),
            cancellable: true,
          },
          (_, token) => work(signalOf(token)),
        ),
      ),
    async failed(failure, source) {
      const again = t("Try Again");
      const back = t("Back");
      const message = t("The identity could not be checked, so nothing was stored.");
      const detail = callFailureText(failure, source);
      const chosen = await vscode.window.showErrorMessage(message, { modal: true, detail }, again, back);
      return chosen === again ? "again" : chosen === back ? "back" : "cancel";
    },
    async regions(known, chosen) {
      const every = t("All regions");
      const choices: Choice<string>[] = [
        { label: every, description: t("{0} regions, asked side by side", known.length), value: "" },
        ...known.map((region) => ({ label: region, value: region })),
      ];
      const isChosen = (region: string) => (chosen.length === 0 ? region === "" : chosen.includes(region));
      const answer = await pickMany({ title, placeholder: t("In which regions are the clusters?") }, choices, isChosen);
      if (answer.kind !== "value") return answer;
      return { kind: "value", value: answer.value.includes("") ? [] : answer.value };
    },
    name: async (suggested, taken) =>
      trimmed(
        await writeLine(
          { title, placeholder: t("Name"), prompt: t("The name of the account in the tree and in query files.") },
          suggested,
          (text) => (taken.includes(text.trim()) ? t("There is an account of this name already.") : required(text)),
        ),
      ),
  };
}

const placeholders = {
  ack: "https://cs.{region}.aliyuncs.com",
  sls: "https://{region}.log.aliyuncs.com",
  sts: "https://sts.{region}.aliyuncs.com",
} as const satisfies Readonly<Record<string, string>>;

function trimmed(answer: Answer<string>): Answer<string> {
  return answer.kind === "value" ? { kind: "value", value: answer.value.trim() } : answer;
}

function sourceChoices(profiles: ProfileFile | CredentialFailure): readonly Choice<SourceValue>[] {
  const { Separator } = vscode.QuickPickItemKind;
  return [
    { label: t("Profiles of the Alibaba Cloud CLI"), kind: Separator },
    ...(profiles.kind === "profileFile"
      ? profiles.profiles.map((profile) => profileChoice(profiles, profile))
      : [unreadableChoice(profiles)]),
    { label: t("Other"), kind: Separator },
    {
      label: t("Default credential chain"),
      description: t("environment variables, OIDC, current profile, RAM role of the ECS instance"),
      value: { source: { kind: "chain" }, region: undefined },
    },
    {
      label: t("Enter an AccessKey or STS token…"),
      description: t("kept in the secret storage of the editor"),
      value: { source: { kind: "typed" }, region: undefined },
    },
  ];
}

function profileChoice(file: ProfileFile, { name, mode, regionId }: Profile): Choice<SourceValue> {
  return {
    label: name,
    description: [mode, regionId ?? "", name === file.current ? t("current") : ""]
      .filter((part) => part !== "")
      .join(" · "),
    value: { source: { kind: "profile", path: file.path, profile: name }, region: regionId },
  };
}

function unreadableChoice(failure: CredentialFailure): Choice<SourceValue> {
  return {
    label: failure.code === "fileMissing" ? t("none") : t("The profiles cannot be read"),
    detail: credentialFailureText(failure, { kind: "chain" }),
  };
}
