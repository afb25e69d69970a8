using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate chains to the root, but through a weak issuer.</summary>
public sealed record IssuerFault : IssuanceFault
{
    private int Bits { get; init; } = 2048;

    private string Hash { get; init; } = "SHA256";

    private TimeSpan Rest { get; init; } = TimeSpan.FromDays(3000);

    /// <summary>The intermediate ends in one minute.</summary>
    public static IssuerFault EndsSoon => new() { Rest = TimeSpan.FromMinutes(1) };

    /// <summary>The key of the intermediate is too short.</summary>
    public static IssuerFault Rsa1024 => new() { Bits = 1024 };

    /// <summary>The certificate was signed with MD5.</summary>
    public static IssuerFault Md5 => new() { Hash = "MD5" };

    /// <summary>The certificate was signed with SHA-1.</summary>
    public static IssuerFault Sha1 => new() { Hash = "SHA1" };

    internal override Issued Change(Issued issued, CaState state)
    {
        using var key = RSA.Create(Bits);
        var issuer = Reissue.Intermediate(state, new X500DistinguishedName("O=DevCa, CN=DevCa Odd CA"), new PublicKey(key), state.Now + Rest);
        return issued with { Leaf = Reissue.By(issuer, new Reissue.WeakSignature(key, Hash), issued.Leaf), Above = [issuer] };
    }
}
