using System.Security.Cryptography;
using System.Text;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CrmFlow.Identity;

/// <summary>
/// Passwords and one-time tokens. Hashing (PBKDF2-HMAC-SHA512, salted) takes tens of milliseconds on purpose, so it is done outside commands:
/// on SQLite a command holds the one writer.
/// </summary>
internal sealed class Passwords
{
    public const int MinLength = 12, MaxLength = 128;
    /// <summary>OWASP's figure for PBKDF2-HMAC-SHA512; raising it rehashes each password at its owner's next sign-in.</summary>
    public const int Iterations = 220_000;

    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly string _nobody;

    public Passwords() => _nobody = Hash(NewToken());

    // The hasher asks for the user only to let others vary by it; ours does not.
    public string Hash(string password) => _hasher.HashPassword(null!, password);

    /// <summary>Whether it fits, and the new hash when the stored one was made at a lower cost. A missing hash costs the same time.</summary>
    public (bool Fits, string? Rehash) Verify(string? hash, string password)
    {
        var result = _hasher.VerifyHashedPassword(null!, hash ?? _nobody, password);
        if (hash is null || result == PasswordVerificationResult.Failed) return (false, null);
        return (true, result == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : null);
    }

    /// <summary>The rule: 12 to 128 characters, not the name, not one of the well-known, not one pattern repeated.</summary>
    public static Problem? Check(string password, string login)
    {
        if (password.Length < MinLength) return new PasswordTooShort(MinLength, password.Length);
        if (password.Length > MaxLength) return new PasswordTooLong(MaxLength);
        var plain = new string(password.ToLowerInvariant().Where(char.IsLetterOrDigit).ToArray());
        var guessable = password.Distinct().Count() < 5
            || (login.Length >= 3 && plain.Replace(login.ToLowerInvariant(), "").Length < 6)
            || Common.Any(c => plain.Replace(c, "").Length < 5);
        return guessable ? new PasswordTooCommon() : null;
    }

    // Words most lists of leaked passwords are made of; what is left beside them must be worth something.
    private static readonly string[] Common =
        ["password", "passw0rd", "123456789", "1234567890", "0123456789", "qwertyuiop", "1qaz2wsx", "1q2w3e4r", "abcdefgh", "asdfghjkl", "letmein",
            "welcome", "iloveyou", "administrator", "woaini1314", "5201314", "crmflow", "admin123"];

    /// <summary>256 random bits, safe in an address.</summary>
    public static string NewToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static string HashToken(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Identity's manager over a command's context: it checks and normalises names, the command saves.</summary>
    public static UserManager<User> Manager(CrmDbContext db)
    {
        var options = Options.Create(new IdentityOptions());
        options.Value.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789._-@";
        var store = new UserOnlyStore<User, CrmDbContext, Guid>(db) { AutoSaveChanges = false };
        return new UserManager<User>(store, options, new PasswordHasher<User>(), [new UserValidator<User>()], [],
            new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(), null!, NullLogger<UserManager<User>>.Instance);
    }

    public static string NormalizeLogin(string login) => login.Trim().Normalize(NormalizationForm.FormKC).ToUpperInvariant();
}

internal sealed record PasswordTooShort : Problem
{
    public PasswordTooShort(int min, int actual) : base("identity.password-too-short", min, actual) =>
        (Kind, Field) = (ProblemKind.Invalid, "password");
}

internal sealed record PasswordTooLong : Problem
{
    public PasswordTooLong(int max) : base("identity.password-too-long", max) => (Kind, Field) = (ProblemKind.Invalid, "password");
}

internal sealed record PasswordTooCommon : Problem
{
    public PasswordTooCommon() : base("identity.password-too-common") => (Kind, Field) = (ProblemKind.Invalid, "password");
}

internal sealed record PasswordsDiffer : Problem
{
    public PasswordsDiffer() : base("identity.passwords-differ") => (Kind, Field) = (ProblemKind.Invalid, "repeat");
}
