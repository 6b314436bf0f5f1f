import { isRefusal, type Refusal, verified } from "./accounts.ts";
import { type Answer, ok, type Received, requestId } from "./exchange.ts";
import { signedAcs3, signedRpc } from "./signatures.ts";
import type { AccessKey, World } from "./world.ts";

type Form = readonly (readonly [string, string])[];

/** RPC: the operation is a parameter or, with the newer signature, a header. */
export function stsOperation(received: Received): string {
  const named = new Map([...received.query, ...formOf(received)]).get("Action") ?? received.headers["x-acs-action"];
  return named ?? "unknown";
}

/** STS 2015-04-01 as far as an identity is asked for: GetCallerIdentity and AssumeRole. */
export function answerSts(world: World, received: Received, serverMs: number, tokensExpired: boolean): Answer {
  const form = formOf(received);
  const signed = received.headers["authorization"] === undefined ? signedRpc(received, form) : signedAcs3(received);
  const caller = verified(world, signed, serverMs, tokensExpired);
  if (isRefusal(caller)) return gatewayRefusal(caller);
  const operation = stsOperation(received);
  switch (operation) {
    case "GetCallerIdentity":
      return ok(callerIdentity(world, caller));
    case "AssumeRole":
      return assumeRole(world, caller, new Map([...received.query, ...form]));
    default:
      return rpcError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.");
  }
}

function callerIdentity(world: World, { principal, session }: AccessKey): object {
  const { accountId } = world.settings;
  switch (principal.kind) {
    case "account":
      return {
        IdentityType: "Account",
        AccountId: accountId,
        PrincipalId: accountId,
        UserId: accountId,
        Arn: principal.arn,
        RequestId: requestId(),
      };
    case "user":
      return {
        IdentityType: "RAMUser",
        AccountId: accountId,
        PrincipalId: principal.id,
        UserId: principal.id,
        Arn: principal.arn,
        RequestId: requestId(),
      };
    case "role":
      return {
        IdentityType: "AssumedRoleUser",
        AccountId: accountId,
        PrincipalId: `${principal.id}:${session}`,
        RoleId: principal.id,
        Arn: assumedArn(world, principal.name, session),
        RequestId: requestId(),
      };
    default:
      return principal.kind satisfies never;
  }
}

function assumeRole(world: World, caller: AccessKey, parameters: ReadonlyMap<string, string>): Answer {
  const arn = parameters.get("RoleArn");
  const session = parameters.get("RoleSessionName");
  const seconds = Number(parameters.get("DurationSeconds") ?? "3600");
  if (arn === undefined) return rpcError(400, "MissingRoleArn", "The parameter RoleArn is missing.");
  if (session === undefined || !/^[\w.@-]{2,64}$/.test(session)) {
    return rpcError(400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.");
  }
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
    return rpcError(400, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/1hr.");
  }
  const role = world.principals.find((principal) => principal.kind === "role" && principal.arn === arn);
  if (role === undefined) {
    return rpcError(404, "EntityNotExist.Role", "The specified Role not exists.");
  }
  if (!world.allows(caller.principal, "sts:AssumeRole")) {
    return rpcError(403, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.");
  }
  const key = world.issueToken(role, session, seconds);
  return ok({
    RequestId: requestId(),
    AssumedRoleUser: { Arn: assumedArn(world, role.name, session), AssumedRoleId: `${role.id}:${session}` },
    Credentials: {
      AccessKeyId: key.accessKeyId,
      AccessKeySecret: key.accessKeySecret,
      SecurityToken: key.securityToken,
      Expiration: new Date(key.expiresMs ?? 0).toISOString().replace(/\.\d+Z$/, "Z"),
    },
  });
}

function assumedArn(world: World, role: string, session: string | undefined): string {
  return `acs:ram::${world.settings.accountId}:assumed-role/${role}/${session}`;
}

/** The gateway of OpenAPI in front of STS and ACK refuses before the service is asked ("Common error codes"). */
export function gatewayRefusal(refusal: Refusal): Answer {
  switch (refusal.kind) {
    case "unsigned":
      return refusal.unsigned.missing === undefined
        ? rpcError(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
        : rpcError(
            400,
            `Missing${refusal.unsigned.missing}`,
            `${refusal.unsigned.missing} is mandatory for this action.`,
          );
    case "keyUnknown":
      return rpcError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    case "keyDisabled":
      return rpcError(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.");
    case "timeUnreadable":
      return rpcError(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
    case "skewed":
      return rpcError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
    case "tokenMissing":
      return rpcError(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.");
    case "tokenInvalid":
      return rpcError(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
    case "tokenExpired":
      return rpcError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
    case "nonceUsed":
      return rpcError(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    case "signature":
      return rpcError(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.");
    default:
      return refusal satisfies never;
  }
}

function rpcError(status: number, code: string, message: string): Answer {
  return { status, headers: {}, json: { RequestId: requestId(), HostId: "localhost", Code: code, Message: message } };
}

function formOf({ headers, body }: Received): Form {
  return headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true
    ? [...new URLSearchParams(body.toString("utf8"))]
    : [];
}
