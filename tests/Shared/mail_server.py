"""A real SMTP server for tests. Takes one JSON argument, prints one JSON line for each thing that happens."""
import asyncio, base64, email, email.policy, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

order = json.loads(sys.argv[1])


def tell(what, **more):
    print(json.dumps({"event": what, **more}), flush=True)


class Taker:
    """Takes mails and refuses whom the order says, by what stands before the @."""

    def __init__(self):
        self.mails, self.has_hung_up = 0, False

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = order.get("answers", {}).get(address.split("@")[0])
        if answer and not answer.startswith("data:"):
            tell("refused", to=address)
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if order.get("hangUpOn") == "MAIL" and self.mails == 1 and not self.has_hung_up:
            self.has_hung_up = True
            server.transport.abort()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            answer = order.get("answers", {}).get(address.split("@")[0], "")
            if answer.startswith("data:"):
                tell("refused", to=address)
                return answer[5:]
        self.mails += 1
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        tell(
            "mail",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            id=message["Message-ID"],
            subject=str(message["Subject"]),
            names={h: [[a.display_name, a.addr_spec] for a in message[h].addresses] for h in ("From", "To", "Cc", "Bcc") if message[h]},
            body=body.get_content() if body else None,
            files=[[a.get_filename(), a.get_content_type(), a.get_payload(decode=True).decode("utf-8", "replace")]
                for a in message.iter_attachments()],
            dispositions=[a["Content-Disposition"].params.get("filename") for a in message.iter_attachments()],
            isEncrypted=server.transport.get_extra_info("ssl_object") is not None,
            user=getattr(session, "auth_data", None),
            raw=envelope.content.decode("latin-1"),
        )
        if order.get("hangUpOn") == "DATA" and self.mails == 2:
            server.transport.abort()  # it has the mail and never says so
        if order.get("hangUpOn") == "IDLE":
            asyncio.get_running_loop().call_soon(server.transport.close)  # after the answer
        return "250 OK taken"


class Server(SMTP):
    def connection_made(self, transport):
        if self._original_transport is None:
            tell("connected")
        super().connection_made(transport)

    def connection_lost(self, error):
        super().connection_lost(error)
        tell("closed")

    async def auth_XOAUTH2(self, server, args):
        text = base64.b64decode(args[1]).decode() if len(args) > 1 else (await self.challenge_auth("")).decode()
        fields = dict(f.split("=", 1) for f in text.split("\x01") if "=" in f)
        user, token = fields.get("user"), fields.get("auth", "").removeprefix("Bearer ")
        tell("token", user=user, token=token)
        return AuthResult(success=order.get("token") == token, auth_data=user, handled=False)


def sign_in(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    user, password = data.login.decode(), data.password.decode()
    tell("password", user=user, mechanism=mechanism)
    return AuthResult(success=order.get("password") == password, auth_data=user, handled=False)


async def main():
    security = order.get("security", "none")
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(order["certificate"], order["key"])
    taker = Taker()
    asks = "password" in order or "token" in order
    options = dict(
        enable_SMTPUTF8=order.get("utf8", True), hostname="mail.test", auth_require_tls=False, timeout=60,
        authenticator=sign_in if asks else None, auth_required=asks,
        auth_exclude_mechanism=[] if "token" in order else ["XOAUTH2"] if asks else ["XOAUTH2", "LOGIN", "PLAIN"],
        tls_context=context if security == "starttls" else None,
    )
    server = await asyncio.get_running_loop().create_server(lambda: Server(taker, **options),
        "127.0.0.1", 0, ssl=context if security == "tls" else None)
    tell("listening", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
