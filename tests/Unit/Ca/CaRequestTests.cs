using System.Security.Cryptography;
using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca;

public sealed class CaRequestTests
{
    private static readonly LeafSpec Spec = new();
    private static readonly KeyedCertificate Present = TestAuthority.Default.Issue(Spec).Keyed();
    private static readonly PrivateKey NewKey = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    [Theory]
    [InlineData(false, false, typeof(CaRequest.Renew))]
    [InlineData(false, true, typeof(CaRequest.RenewByToken))]
    [InlineData(true, false, typeof(CaRequest.Rekey))]
    public void Create_Options_AreTheRequest(bool rekey, bool useToken, Type expected)
    {
        var request = CaRequest.Create(Present, rekey ? NewKey : null, useToken);
        Assert.IsType(expected, request);
        Assert.Same(rekey ? NewKey : Present.Key, request.Key);
    }

    [Fact]
    public void Create_NewKeyByToken_IsRefused() => Expect.Failure(ErrorId.RekeyNeedsTls, () => CaRequest.Create(Present, NewKey, useToken: true));

    [Fact]
    public void At_ValidToTheLastSecond_IsTheSameRequest()
    {
        var request = CaRequest.Create(Present, null, useToken: false);
        Assert.Same(request, request.At(Spec.NotAfter));
    }

    [Fact]
    public void At_Expired_IsByToken() =>
        Assert.Equal(new CaRequest.RenewByToken(Present), CaRequest.Create(Present, null, useToken: false).At(Spec.NotAfter.AddSeconds(1)));

    [Fact]
    public void At_ExpiredWithANewKey_IsRefused()
    {
        var error = Expect.Failure(ErrorId.RekeyNeedsTls, () => CaRequest.Create(Present, NewKey, useToken: false).At(Spec.NotAfter.AddSeconds(1)));
        Assert.Contains("has expired", error.Message, StringComparison.Ordinal);
    }
}
